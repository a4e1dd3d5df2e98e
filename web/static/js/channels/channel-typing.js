// <channel-typing id="typing-channel:7">: who is writing. The server tells it one by one and never the end,
// so each is forgotten after a while.

import { say } from "../words.js"

const FORGOTTEN = 6000 // ms
const NAMED = 2

customElements.define("channel-typing", class extends HTMLElement {
  #writing = new Map() // member → [name, timer]

  connectedCallback() {
    document.addEventListener("shown", this)
  }

  disconnectedCallback() {
    document.removeEventListener("shown", this)
    for (const [, timer] of this.#writing.values()) clearTimeout(timer)
  }

  put(told) {
    const { author } = told.dataset
    if (author === document.body.dataset.member || this.#isFolded(told)) return
    clearTimeout(this.#writing.get(author)?.[1])
    this.#writing.set(author, [told.textContent, setTimeout(() => this.#forget(author), FORGOTTEN)])
    this.#show()
  }

  // Whoever has said it is done writing.
  handleEvent({ target, detail }) {
    if (detail.fresh && target.dataset?.author) this.#forget(target.dataset.author)
  }

  // The reader's own stylesheet says of whom they want to see less (web/people.py).
  #isFolded(told) {
    this.append(told)
    const folded = getComputedStyle(told).display === "none"
    told.remove()
    return folded
  }

  #forget(author) {
    clearTimeout(this.#writing.get(author)?.[1])
    this.#writing.delete(author)
    this.#show()
  }

  #show() {
    const names = [...this.#writing.values()].map(([name]) => name)
    const form = ["", "typing", "typing-two"][names.length] ?? "typing-many"
    this.textContent = form && say(form, { names: names.slice(0, NAMED).join(", ") })
  }
})
