// <new-topics>: says how many topics were started since the list was drawn; the list stays as it is.
// Only those that belong in the list count: its category and its lens stand in the data attributes.
//
// data-src answers what was started behind the position the list was drawn at, of which data-known was
// there. It is asked whenever the line is there again: what was said meanwhile was not heard.

import { pageAt } from "../html.js"
import { on } from "../live.js"

const LENS = ["region", "cluster", "theme"]

customElements.define("new-topics", class extends HTMLElement {
  connectedCallback() {
    this.#watcher = new MutationObserver(() => this.#count())
    this.#watcher.observe(this.#list, { childList: true })
  }

  disconnectedCallback() {
    this.#watcher.disconnect()
  }

  async catchUp() {
    const page = await pageAt(this.dataset.src).catch(() => null) // no network: asked again with the next line
    this.#list.append(...page?.querySelectorAll("[data-topic]") ?? [])
  }

  #watcher

  get #list() {
    return this.querySelector("#new-topics")
  }

  #count() {
    const started = [...this.querySelectorAll("[data-topic]")].filter((topic) => this.#belongs(topic))
    const count = new Set(started.map((topic) => topic.dataset.topic)).size
    const link = this.querySelector(".new-rows")
    link.hidden = !count
    link.textContent = count === 1 ? this.dataset.one : this.dataset.many.replace("#", count)
  }

  #belongs({ dataset }) {
    if (this.dataset.known.split(" ").includes(dataset.topic)) return false
    if (this.dataset.category && dataset.category !== this.dataset.category) return false
    if (dataset.author === document.body.dataset.member) return false
    return LENS.every((axis) => within(dataset[axis], this.dataset[axis]))
  }
})

for (const verb of ["hello", "polled"]) on(verb, () => document.querySelector("new-topics")?.catchUp())

function within(place, lens) {
  return !lens || place === lens || place.startsWith(`${lens}.`)
}
