// <share-link>: copies the address inside, or hands it to what the device shares with.

customElements.define("share-link", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this)
    this.querySelector("[data-copy]").hidden = !navigator.clipboard
    this.querySelector("[data-share]").hidden = !navigator.canShare?.(this.#what)
  }

  disconnectedCallback() {
    this.removeEventListener("click", this)
  }

  handleEvent({ target }) {
    if (target.closest("[data-copy]")) this.#copy()
    else if (target.closest("[data-share]")) navigator.share(this.#what).catch(() => {}) // they thought better of it
  }

  get #what() {
    return { title: document.title, url: this.querySelector("a").textContent }
  }

  #copy() {
    navigator.clipboard.writeText(this.#what.url).then(() => this.#say("copied"), () => this.#say("failed"))
  }

  #say(word) {
    this.querySelector("[role=status]").textContent = this.dataset[word]
  }
})
