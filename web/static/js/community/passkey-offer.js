// <passkey-offer data-ask="/passkeys/challenges" data-where="offer">: the browser offers its passkeys where it
// fills in the address, and the one that is chosen there is sent with the form this stands in. Ends when another
// form is sent. Nobody asked for it, so where it does not work nothing is said.

import { asked, begun, chosen, fillsIn, stop } from "./passkeys.js"

customElements.define("passkey-offer", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("submit", stop)
    this.#offer()
  }

  disconnectedCallback() {
    document.removeEventListener("submit", stop)
    stop()
  }

  #offer() {
    this.#wait().catch(() => {}) // as when they were not offered
  }

  async #wait() {
    const signal = begun() // before anything is waited for: whatever begins meanwhile comes after this
    if (!(await fillsIn())) return
    const options = await asked(this, signal)
    const again = setTimeout(() => this.#offer(), options.timeout) // until then the server knows what it asked
    try {
      const form = this.closest("form")
      form.elements.credential.value = await chosen(options, signal)
      form.submit()
    } finally {
      clearTimeout(again)
    }
  }
})
