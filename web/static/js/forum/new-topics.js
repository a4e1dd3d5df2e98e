// <new-topics>: says how many topics were started since the list was drawn; the list stays as it is.
// Only those that belong in the list count: its category and its lens stand in the data attributes.

const LENS = ["region", "cluster", "theme"]

customElements.define("new-topics", class extends HTMLElement {
  connectedCallback() {
    this.#watcher = new MutationObserver(() => this.#count())
    this.#watcher.observe(this.querySelector("#new-topics"), { childList: true })
  }

  disconnectedCallback() {
    this.#watcher.disconnect()
  }

  #watcher

  #count() {
    const count = [...this.querySelectorAll("[data-topic]")].filter((topic) => this.#belongs(topic)).length
    const link = this.querySelector(".new-rows")
    link.hidden = !count
    link.textContent = count === 1 ? this.dataset.one : this.dataset.many.replace("#", count)
  }

  #belongs({ dataset }) {
    if (this.dataset.category && dataset.category !== this.dataset.category) return false
    if (dataset.author === document.body.dataset.member) return false
    return LENS.every((axis) => within(dataset[axis], this.dataset[axis]))
  }
})

function within(place, lens) {
  return !lens || place === lens || place.startsWith(`${lens}.`)
}
