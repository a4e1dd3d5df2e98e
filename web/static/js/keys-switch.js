// <keys-switch>: whether the keys of keys.js work in this browser. Hidden where there are no scripts.

const NAME = "akar:keys"

export function areOn() {
  return localStorage.getItem(NAME) !== "off"
}

customElements.define("keys-switch", class extends HTMLElement {
  connectedCallback() {
    this.hidden = false
    this.#box.checked = areOn()
    this.addEventListener("change", this.#turn)
  }

  disconnectedCallback() {
    this.removeEventListener("change", this.#turn)
  }

  get #box() {
    return this.querySelector("input")
  }

  #turn = () => localStorage.setItem(NAME, this.#box.checked ? "on" : "off")
})
