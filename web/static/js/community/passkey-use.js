// <passkey-use data-ask="/passkeys/challenges" data-where="door">: a button that signs with a passkey
// and sends the form it stands in. Where there are no passkeys it stays hidden.

import { asked, begun, supported, used } from "./passkeys.js"

customElements.define("passkey-use", class extends HTMLElement {
  connectedCallback() {
    if (!supported()) return
    this.hidden = false
    this.#button.addEventListener("click", this)
  }

  disconnectedCallback() {
    this.#button.removeEventListener("click", this)
  }

  handleEvent() {
    this.#trouble(false)
    this.#button.disabled = true
    this.#use().catch(() => this.#trouble(true)).finally(() => (this.#button.disabled = false))
  }

  async #use() {
    const form = this.closest("form"), signal = begun()
    form.elements.credential.value = await used(await asked(this, signal), signal)
    form.submit() // without asking for the code that stands beside it
  }

  #trouble(shown) {
    this.querySelector("[role=alert]").hidden = !shown
  }

  get #button() {
    return this.querySelector("button")
  }
})
