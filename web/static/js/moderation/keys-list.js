// <keys-list>: which keys there are, and the switch for those of one letter. Hidden where there are no scripts.

import { arrive, keysAreOn, switchKeys } from "./keys.js"

customElements.define("keys-list", class extends HTMLElement {
  connectedCallback() {
    this.hidden = false
    const box = this.querySelector("input")
    box.checked = keysAreOn()
    this.addEventListener("change", this.#turn)
    for (const key of document.querySelectorAll(".next-case kbd")) key.hidden = false
    arrive()
  }

  disconnectedCallback() {
    this.removeEventListener("change", this.#turn)
  }

  #turn = ({ target }) => switchKeys(target.checked)
})
