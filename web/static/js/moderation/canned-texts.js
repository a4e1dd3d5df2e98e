// <canned-texts data-src="/cases/4/texts">: what moderators say again and again, below the fields it goes into.
// A press puts the text below what is typed, and undo takes it out again. While nobody writes, 1 to 9 do the
// same, unless keys are switched off (queue-keys.js). Another reason brings its own texts.

import { put } from "../community/marking.js"
import { pageAt } from "../html.js"
import { keysAreFor } from "./keys.js"

customElements.define("canned-texts", class extends HTMLElement {
  #form

  connectedCallback() {
    this.#form = this.closest("form")
    this.addEventListener("click", this)
    this.#form.elements.reason?.addEventListener("change", this)
    document.addEventListener("keydown", this)
    this.querySelector("[data-plain]")?.remove() // another reason is heard of
    this.#showKeys()
  }

  disconnectedCallback() {
    this.#form.elements.reason?.removeEventListener("change", this)
    document.removeEventListener("keydown", this)
  }

  handleEvent(event) {
    switch (event.type) {
      case "click": return this.#press(event)
      case "keydown": return this.#key(event)
      case "change": return this.#fetch(event.target.value)
    }
  }

  get #list() {
    return this.querySelector(".canned-list")
  }

  #press(event) {
    const button = event.target.closest("[data-field]")
    if (!button) return
    event.preventDefault()
    const box = this.#form.elements[button.dataset.field]
    const words = button.closest("li").querySelector(".canned-words").textContent
    const gap = box.value.trim() && !box.value.endsWith("\n") ? "\n" : ""
    put(box, gap + words, box.value.length, box.value.length)
  }

  #key(event) {
    if (!keysAreFor(event)) return
    const key = [...this.querySelectorAll("kbd")].find(({ textContent }) => textContent === event.key)
    if (!key) return
    event.preventDefault()
    key.closest("button").click()
  }

  // Without a network those of the first reason stay.
  async #fetch(reason) {
    const page = await pageAt(`${this.dataset.src}?reason=${encodeURIComponent(reason)}`).catch(() => null)
    const list = page?.querySelector(".canned-list")
    if (!list || this.#form.elements.reason.value !== reason) return
    this.#list.replaceWith(document.adoptNode(list))
    this.#showKeys()
  }

  #showKeys() {
    for (const key of this.querySelectorAll("kbd")) key.hidden = false
  }
})
