// <lens-filter>: when a province is chosen, asks for its regencies at once.

import { pageAt } from "../html.js"

customElements.define("lens-filter", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("change", this.#narrow)
  }

  disconnectedCallback() {
    this.removeEventListener("change", this.#narrow)
  }

  #narrow = async ({ target }) => {
    if (target.name !== "province") return
    this.querySelector("#field-region")?.remove()
    if (!target.value) return
    const { action } = this.querySelector("form")
    const page = await pageAt(`${action}?region=${target.value}`).catch(() => null)
    const field = page?.getElementById("field-region")
    if (field) target.closest(".field").after(document.adoptNode(field))
  }
})
