// <passkey-add data-options="{…}">: the fields of a new passkey. Sending the form makes it first.
// Where there are no passkeys it stays hidden, and .no-passkeys beside it says so; without scripts, too.

import { made, supported } from "./passkeys.js"

customElements.define("passkey-add", class extends HTMLElement {
  connectedCallback() {
    const form = this.closest("form")
    this.hidden = !supported()
    form.querySelector(".no-passkeys").hidden = supported()
    form.addEventListener("submit", this)
  }

  disconnectedCallback() {
    this.closest("form")?.removeEventListener("submit", this)
  }

  handleEvent(event) {
    event.preventDefault()
    const form = event.target
    this.#trouble(false)
    this.#make(form).catch(() => this.#trouble(true))
  }

  async #make(form) {
    form.elements.credential.value = await made(JSON.parse(this.dataset.options))
    form.submit()
  }

  #trouble(shown) {
    this.querySelector("[role=alert]").hidden = !shown
  }
})
