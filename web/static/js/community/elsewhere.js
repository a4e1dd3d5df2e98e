// What another device kept or stored, shown above what stands in the composer.
//
//   edited(form, version)        what the page was drawn with, of an edit that was stored meanwhile
//   showOther(form, other)       { title, body, version }
//   restore(form, copy, version)  a copy of this browser, beside what the server had at that version: answers
//                                the other text where there are two
//   takeOther(form, other, how)  "theirs" in place of what stands there, "join" above it, or "mine"

import { fill, texts } from "./composed.js"

export function showOther(form, other) {
  const section = form.querySelector("[data-elsewhere]").content.firstElementChild.cloneNode(true)
  section.querySelector("[data-other]").textContent = [other.title, other.body].filter(Boolean).join("\n\n")
  form.querySelector(".elsewhere")?.remove()
  form.prepend(section)
  return other
}

export function edited(form, version) {
  const body = form.querySelector("[data-edited] [data-other]")?.textContent
  return body === undefined ? undefined : { body, version }
}

export function restore(form, copy, version) {
  const page = texts(form)
  const other = copy.version !== version && page.body && copy.body && copy.body !== page.body
  if (other || copy.version === version || !page.body) fill(form, copy)
  return other ? showOther(form, { ...page, version }) : undefined
}

export function takeOther(form, { title, body }, how) {
  const mine = texts(form)
  if (how === "theirs") fill(form, { title, body })
  if (how === "join") fill(form, { title: mine.title || title, body: `${body}\n\n${mine.body}` })
  form.querySelector(".elsewhere").remove()
}
