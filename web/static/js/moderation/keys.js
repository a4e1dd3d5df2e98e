// Single keys are for whoever is not writing, and can be switched off (WCAG 2.1.4); the browser remembers that.
//
//   keysAreFor(event)     whether a key that was pressed means one of ours
//   keysAreOn() · switchKeys(on)
//   goOn()                to the next case

const NAME = "akar:queue-keys"

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
  document.querySelector(".next-case button")?.click()
}
