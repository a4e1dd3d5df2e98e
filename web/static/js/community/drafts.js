// What becomes of a draft.
//
//   tell(fields, at)             the server, also when the page is being left; without text it forgets
//   theirs(at)                   what the server has now: { body, version }; nothing where nobody looks
//   forgetAt(versions, place)    where else the composer has stood with the text that was sent at `place`
//   markSent(name, form, button) the page is left by sending it: that may be refused, or never arrive,
//   forgetSeen()                 so it is forgotten once the post with its key is seen
//   sayState(form, word)         how it is, beside the buttons; the same is said once

import { forget, keep, kept, names } from "../keeping.js"

export function tell(fields, at) {
  const headers = { accept: "application/json" }
  const body = new URLSearchParams(fields)
  return fetch(at ?? "/drafts", { method: "POST", body, headers, keepalive: true }).catch(() => null)
}

export async function theirs(at) {
  if (document.hidden) return undefined
  const answer = await fetch(at, { headers: { accept: "application/json" } }).catch(() => null)
  return answer?.ok ? answer.json() : undefined
}

export function forgetAt(versions, sentAt) {
  for (const [place, version] of versions) {
    forget(`draft:${place}`)
    if (version && place !== sentAt) tell({ place, version })
  }
}

export function markSent(name, form, button) {
  const copy = button?.hasAttribute("formaction") ? undefined : kept(name)
  if (copy) keep(name, { ...copy, sent: form.elements.key.value })
}

export function forgetSeen() {
  for (const name of names("draft:")) {
    const { sent } = kept(name)
    if (sent && document.querySelector(`[data-key="${CSS.escape(sent)}"]`)) forget(name)
  }
}

export function sayState(form, word) {
  const state = form.querySelector(".draft-state")
  const sentence = state.dataset[word] ?? ""
  if (state.textContent !== sentence) state.textContent = sentence
}
