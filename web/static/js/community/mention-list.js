// <mention-list>: while a name is typed after an @, suggests below the text whom it may be. Arrows
// move, Enter and Tab choose, Esc closes; what was typed stays as it is where nothing is chosen.

import { pageAt } from "../html.js"
import { say } from "../words.js"

const PAUSE = 150 // ms without a keystroke
const BEGUN = /(?<![\p{L}\p{N}_@])@(\p{L}[\p{L}\p{N}.'-]*(?: [\p{L}\p{N}.'-]+){0,3})$/u

customElements.define("mention-list", class extends HTMLElement {
  connectedCallback() {
    this.#box.setAttribute("aria-autocomplete", "list")
    this.#box.setAttribute("aria-controls", this.#list.id)
    this.addEventListener("input", this.#later)
    this.addEventListener("keydown", this.#move)
    this.addEventListener("focusout", this.#close)
    this.#list.addEventListener("pointerdown", this.#press)
    this.#later() // what was typed while this was on its way
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
  }

  #timer
  #asked = 0

  get #box() {
    return this.querySelector("textarea")
  }

  get #list() {
    return this.querySelector("[role=listbox]")
  }

  get #options() {
    return [...this.#list.children]
  }

  get #chosen() {
    return this.#options.findIndex((option) => option.ariaSelected === "true")
  }

  get #begun() {
    const { value, selectionStart, selectionEnd } = this.#box
    return selectionStart === selectionEnd ? BEGUN.exec(value.slice(0, selectionStart)) : null
  }

  #later = () => {
    clearTimeout(this.#timer)
    if (this.#begun) this.#timer = setTimeout(this.#ask, PAUSE)
    else this.#close()
  }

  // Only the answer to the last question is shown.
  #ask = async () => {
    if (!this.#begun) return
    const number = ++this.#asked
    const page = await pageAt(`${this.getAttribute("at") ?? "/mentions"}?${this.#query()}`).catch(() => null)
    if (number !== this.#asked || !this.#begun) return
    this.#list.replaceChildren(...(page?.querySelectorAll("[role=option]") ?? []))
    this.#show(this.#options.length)
  }

  #query() {
    const { place, category } = this.closest("form").elements
    const query = new URLSearchParams({ words: this.#begun[1] })
    if (!this.hasAttribute("at")) query.set("place", place.value)
    if (category?.value) query.set("category", category.value)
    return query
  }

  #show(number) {
    this.#list.hidden = !number
    if (number) this.#choose(0)
    else this.#box.removeAttribute("aria-activedescendant")
    this.querySelector("[role=status]").textContent = number ? say("mentions-found", { number }) : ""
  }

  #close = () => {
    clearTimeout(this.#timer)
    this.#asked++
    if (this.#list.hidden) return
    this.#list.replaceChildren()
    this.#show(0)
  }

  #choose(index) {
    for (const [at, option] of this.#options.entries()) option.ariaSelected = String(at === index)
    const option = this.#options[index]
    this.#box.setAttribute("aria-activedescendant", option.id)
    option.scrollIntoView({ block: "nearest" })
  }

  #move = (event) => {
    if (this.#list.hidden || event.isComposing) return
    const all = this.#options.length
    const does = {
      ArrowDown: () => this.#choose((this.#chosen + 1) % all),
      ArrowUp: () => this.#choose((this.#chosen - 1 + all) % all),
      Enter: () => this.#take(this.#options[this.#chosen]),
      Tab: () => this.#take(this.#options[this.#chosen]),
      Escape: this.#close,
    }[event.key]
    if (!does) return
    event.preventDefault()
    event.stopPropagation()
    does()
  }

  #press = (event) => {
    const option = event.target.closest("[role=option]")
    event.preventDefault() // the text keeps the focus
    if (option) this.#take(option)
  }

  #take(option) {
    const begun = this.#begun
    if (!begun) return this.#close()
    const { selectionStart: end } = this.#box
    this.#box.setRangeText(`@${option.dataset.text} `, end - begun[1].length - 1, end, "end")
    this.#close()
    this.#box.dispatchEvent(new InputEvent("input", { bubbles: true }))
  }
})
