// <kept-here>: what was begun in this browser and the server has not been told of (kept-draft.js): where, and
// its words, also without a line. What other tabs write meanwhile comes by itself.

import { forget, kept, names } from "../keeping.js"

const WAYS = {
  new: () => "/topics/new",
  topic: (id) => `/topics/${id}#reply`,
  reply: (id) => `/posts/${id}/reply`,
  post: (id) => `/posts/${id}/edit`,
  channel: (id) => `/channels/${id}#say`,
}

customElements.define("kept-here", class extends HTMLElement {
  connectedCallback() {
    addEventListener("storage", this.#draw)
    this.addEventListener("click", this.#press)
    this.#draw()
  }

  disconnectedCallback() {
    removeEventListener("storage", this.#draw)
    this.removeEventListener("click", this.#press)
  }

  #draw = () => {
    const rows = names("draft:").map((name) => this.#rowOf(name, kept(name))).filter(Boolean)
    this.querySelector("ul").replaceChildren(...rows)
    this.hidden = !rows.length
  }

  #rowOf(name, { title, body, told }) {
    const [, kind, id] = name.split(":")
    const words = [title, body].filter((one) => one?.trim()).join("\n\n")
    if (told || !words || !WAYS[kind]) return undefined
    const row = this.querySelector("template").content.firstElementChild.cloneNode(true)
    row.dataset.name = name
    row.querySelector("a").href = WAYS[kind](id)
    for (const word of row.querySelectorAll("[data-kind]")) word.hidden = word.dataset.kind !== kind
    row.querySelector(".written").textContent = words
    return row
  }

  #press = ({ target }) => {
    const row = target.closest("button")?.closest("[data-name]")
    if (!row) return
    forget(row.dataset.name)
    this.#draw()
  }
})
