// What another device kept, shown above what stands in the composer.
//
//   showOther(form, other)       { title, body, version }
//   takeOther(form, other, how)  "theirs" in place of what stands there, "join" above it, or "mine"

import { fill, texts } from "./composed.js"

export function showOther(form, other) {
  const section = form.querySelector("[data-elsewhere]").content.firstElementChild.cloneNode(true)
  section.querySelector("[data-other]").textContent = [other.title, other.body].filter(Boolean).join("\n\n")
  form.querySelector(".elsewhere")?.remove()
  form.prepend(section)
  return other
}

export function takeOther(form, { title, body }, how) {
  const mine = texts(form)
  if (how === "theirs") fill(form, { title, body })
  if (how === "join") fill(form, { title: mine.title || title, body: `${body}\n\n${mine.body}` })
  form.querySelector(".elsewhere").remove()
}
