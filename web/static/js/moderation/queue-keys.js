// <queue-keys>: J and K move through the cases inside, Enter opens the one in focus (it is a link), C
// claims it. They can be switched off (WCAG 2.1.4), and the browser remembers that.

const NAME = "akar:queue-keys"

customElements.define("queue-keys", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("keydown", this)
    const box = document.getElementById("queue-keys-on")
    if (!box) return
    box.closest("[hidden]")?.removeAttribute("hidden")
    box.checked = localStorage.getItem(NAME) !== "off"
    box.addEventListener("change", () => localStorage.setItem(NAME, box.checked ? "on" : "off"))
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this)
  }

  handleEvent(event) {
    if (!isForUs(event) || localStorage.getItem(NAME) === "off") return
    switch (event.key.toLowerCase()) {
      case "j": return this.#move(1)
      case "k": return this.#move(-1)
      case "c": return this.#here?.querySelector(".queue-action button")?.click()
    }
  }

  get #here() {
    return document.activeElement?.closest(".queue-case")
  }

  #move(step) {
    const cases = [...this.querySelectorAll(".queue-case")]
    const at = cases.indexOf(this.#here)
    const next = cases[at < 0 ? 0 : Math.min(Math.max(at + step, 0), cases.length - 1)]
    next?.querySelector("h2 a").focus()
    next?.scrollIntoView({ block: "nearest" })
  }
})

function isForUs({ target, ctrlKey, metaKey, altKey }) {
  const writing = target.closest("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]")
  return !writing && !ctrlKey && !metaKey && !altKey
}
