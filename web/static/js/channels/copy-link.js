// <copy-link>: its button copies the address in its value. Hidden where the browser cannot.

customElements.define("copy-link", class extends HTMLElement {
  connectedCallback() {
    this.hidden = !navigator.clipboard
    this.addEventListener("click", this)
  }

  disconnectedCallback() {
    this.removeEventListener("click", this)
  }

  handleEvent({ target }) {
    const button = target.closest("button")
    if (!button) return
    const { href } = new URL(button.value, location.origin)
    navigator.clipboard.writeText(href).then(() => this.#say("copied"), () => this.#say("failed"))
  }

  #say(word) {
    this.querySelector("[role=status]").textContent = this.dataset[word]
  }
})
