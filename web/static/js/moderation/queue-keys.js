// <queue-keys>: J and K move through the cases inside, Enter opens the one in focus (it is a link), C claims it; N
// claims the most pressing that waits.

import { goOn, keysAreFor } from "./keys.js"

customElements.define("queue-keys", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("keydown", this)
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this)
  }

  handleEvent(event) {
    if (!keysAreFor(event)) return
    switch (event.key.toLowerCase()) {
      case "j": return this.#move(1)
      case "k": return this.#move(-1)
      case "c": return this.#here?.querySelector(".queue-action button")?.click()
      case "n": return goOn()
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
