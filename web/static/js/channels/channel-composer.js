// <channel-composer channel="7">: writing. Its form works without this; with it, what is sent goes to the
// outbox, what is being written is kept, and the focus stays where it is.

import { forget, keep, kept } from "../keeping.js"
import { send } from "../live.js"
import { put } from "../outbox.js"
import { renewParts } from "../renew.js"

const TYPING = 3000 // ms between two signs that one is writing
const SCATTER = 2000 // ms over which a thousand tabs fetch what changed

customElements.define("channel-composer", class extends HTMLElement {
  #typed = 0
  #gone = new AbortController()

  connectedCallback() {
    const { signal } = this.#gone
    const form = this.querySelector("form")
    form.addEventListener("submit", (event) => this.#send(event), { signal })
    this.#field.addEventListener("input", () => this.#write(), { signal })
    this.#field.addEventListener("keydown", (event) => this.#key(event), { signal })
    this.#mandate?.addEventListener("change", () => keep(`as:${this.#channel}`, this.#mandate.value), { signal })
    document.addEventListener("rewrite", (event) => this.#take(event), { signal })
    document.addEventListener("shown", ({ target }) => this.#changed(target), { signal })
    this.#restore()
  }

  disconnectedCallback() {
    this.#gone.abort()
  }

  get #channel() {
    return Number(this.getAttribute("channel"))
  }

  get #field() {
    return this.querySelector("textarea")
  }

  get #mandate() {
    return this.querySelector("select")
  }

  #send(event) {
    event.preventDefault()
    const body = this.#field.value
    if (!body.trim()) return
    const { value: parent } = this.querySelector("[name=parent]:enabled") ?? {}
    put({ channel: this.#channel, body, mandate: Number(this.#mandate?.value) || null, parent: Number(parent) || null })
    this.#field.value = ""
    this.#typed = 0
    forget(`draft:${this.#channel}`)
    this.#field.focus()
    this.closest(".channel").querySelector("channel-log").toEnd()
  }

  #write() {
    if (this.#field.value) keep(`draft:${this.#channel}`, this.#field.value)
    else forget(`draft:${this.#channel}`)
    if (Date.now() - this.#typed < TYPING || !this.#field.value.trim()) return
    this.#typed = Date.now()
    send({ verb: "typing", channel: this.#channel })
  }

  // Enter sends where there is a keyboard; on a phone it makes a line, as people are used to.
  #key(event) {
    if (event.key !== "Enter" || event.isComposing) return
    const keyboard = matchMedia("(pointer: fine)").matches
    if (event.ctrlKey || event.metaKey || (keyboard && !event.shiftKey)) {
      event.preventDefault()
      this.querySelector("form").requestSubmit()
    }
  }

  #restore() {
    const field = this.#field
    field.value ||= kept(`draft:${this.#channel}`) ?? ""
    const as = kept(`as:${this.#channel}`)
    if (this.#mandate && [...this.#mandate.options].some(({ value }) => value === as)) this.#mandate.value = as
  }

  #take(event) {
    event.preventDefault()
    const { body } = event.detail
    const written = this.#field.value.trim()
    this.#field.value = written ? `${body}\n\n${written}` : body
    this.#write()
    this.#field.focus()
  }

  #changed(target) {
    if (target.id === "stream-heading") setTimeout(() => renewParts().catch(() => {}), SCATTER * Math.random())
  }
})
