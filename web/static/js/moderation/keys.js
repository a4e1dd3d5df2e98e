// Single keys are for whoever is not writing, and can be switched off (WCAG 2.1.4); the browser remembers that.
//
//   keysAreFor(event)     whether a key that was pressed means one of ours
//   keysAreOn() · switchKeys(on)
//   goOn()                to the next case
//   leave()               a key leads to another page, which then calls
//   arrive()              and the focus is on what came of it, for whoever hears pages or sees where they are

const NAME = "akar:queue-keys"
const LEFT = "akar:left-by-key"
const OUTCOMES = [".conflict", ".claim", ".decided", ".queue-case h2 a", "main h1"] // the first that is there

export function keysAreOn() {
  return localStorage.getItem(NAME) !== "off"
}

export function switchKeys(on) {
  localStorage.setItem(NAME, on ? "on" : "off")
}

export function keysAreFor({ target, ctrlKey, metaKey, altKey }) {
  const writing = target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]")
  return !writing && !ctrlKey && !metaKey && !altKey && keysAreOn()
}

export function goOn() {
  leave()
  document.querySelector(".next-case button")?.click()
}

export function leave() {
  sessionStorage.setItem(LEFT, "yes")
}

export function arrive() {
  if (!sessionStorage.getItem(LEFT)) return
  sessionStorage.removeItem(LEFT)
  const outcome = OUTCOMES.map((one) => document.querySelector(one)).find(Boolean)
  if (!outcome) return
  if (outcome.tabIndex < 0) outcome.tabIndex = -1
  outcome.focus({ preventScroll: true })
}
