// <channel-composer channel="7">: writing. Its form works without this; with it, what is sent goes to the
// outbox with its files, and the focus stays where it is. What is being written <kept-draft> keeps. The
// tools are fetched when somebody turns to it.

import { keep, kept } from "../keeping.js"
import { send } from "../live.js"
import { put } from "../outbox.js"
import { fetched } from "../when-needed.js"

const TYPING = 3000 // ms between two signs that one is writing
const TOOLS = ["channels/channel-files", "channels/mention-reach", "community/mention-list", "community/write-tools"].map((name) => `./${name}.js`)

customElements.define("channel-composer", class extends HTMLElement {
  #typed = 0
  #bare = false // the tools could not be fetched
  #gone = new AbortController()

  connectedCallback() {
    const { signal } = this.#gone
    this.addEventListener("submit", (event) => this.#send(event), { signal, capture: true })
    this.#field.addEventListener("input", () => this.#write(), { signal })
    this.addEventListener("keydown", (event) => this.#key(event), { signal }) // after those of suggestions
    for (const type of ["focusin", "pointerover", "dragenter"]) this.addEventListener(type, tools, { signal })
    this.addEventListener("keydown", (event) => this.#editLast(event), { signal })
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

  get #draft() {
    return this.querySelector("kept-draft")
  }

  get #files() {
    return this.querySelector("channel-files")
  }

  get #reach() {
    return this.querySelector("mention-reach")
  }

  // Files that the tools have not taken yet.
  get #laden() {
    return Boolean(this.querySelector("form").elements.given?.files.length)
  }

  // What came back from the server goes as a form goes, and so do files where no tools are to be had.
  #goesAsForm({ target, submitter }) {
    return submitter?.hasAttribute("formaction") || Boolean(target.elements.file) || (this.#bare && this.#laden)
  }

  #send(event) {
    if (this.#goesAsForm(event)) return
    event.preventDefault()
    if (this.#laden) return this.#await(event)
    if (this.#reach.mustAsk?.()) return event.stopPropagation()
    if (this.#field.value.trim() || this.#files.any) this.#put()
  }

  // The tools send files, and are on their way. What they refuse is said; then nothing goes by itself.
  async #await(event) {
    event.stopPropagation()
    await fetched(...TOOLS).catch(() => (this.#bare = true))
    if (this.isConnected && !this.#files.trouble) event.target.requestSubmit()
  }

  #put() {
    const { value: parent } = this.querySelector("[name=parent]:enabled") ?? {}
    const enclosed = this.#files.any ? this.#files.take() : undefined
    const mandate = Number(this.#mandate?.value) || undefined
    const more = { mandate, parent: Number(parent) || undefined, version: this.#draft.version, reach: this.#reach.told, enclosed }
    const where = this.closest(".channel").querySelector(".channel-head h1")?.textContent
    put({ channel: this.#channel, where, body: this.#field.value, ...more })
    this.#field.value = ""
    this.#typed = 0
    this.#reach.clear?.()
    this.#draft.forget()
    this.#field.focus()
    this.closest(".channel").querySelector("channel-log").toEnd()
  }

  #write() {
    if (Date.now() - this.#typed < TYPING || !this.#field.value.trim()) return
    this.#typed = Date.now()
    send({ verb: "typing", channel: this.#channel })
  }

  // Enter sends where there is a keyboard; on a phone it makes a line, as people are used to.
  #key(event) {
    if (event.key !== "Enter" || event.isComposing || event.target !== this.#field) return
    const keyboard = matchMedia("(pointer: fine)").matches
    if (event.ctrlKey || event.metaKey || (keyboard && !event.shiftKey)) {
      event.preventDefault()
      this.querySelector("form").requestSubmit()
    }
  }

  // Where nothing is being written, arrow up takes the last of one's own messages.
  #editLast(event) {
    if (event.key !== "ArrowUp" || this.#field.value || event.defaultPrevented || event.target !== this.#field) return
    event.preventDefault()
    const list = this.closest(".channel").querySelector("channel-log .messages")
    fetched("./channels/edit-here.js").then(([{ editLast }]) => editLast(list, this.#field)).catch(() => {})
  }

  #restore() {
    const as = kept(`as:${this.#channel}`)
    if (this.#mandate && [...this.#mandate.options].some(({ value }) => value === as)) this.#mandate.value = as
  }

  #take(event) {
    const { body, enclosed } = event.detail
    if (enclosed && !this.#files.put) return void tools() // a press later they are here
    event.preventDefault()
    const written = this.#field.value.trim()
    this.#field.value = written ? `${body}\n\n${written}` : body
    if (enclosed) this.#files.put(enclosed)
    this.#field.dispatchEvent(new InputEvent("input", { bubbles: true }))
    this.#field.focus()
  }

  // What was said elsewhere is no draft any more.
  #changed(target) {
    if (target.dataset?.author === document.body.dataset.member && this.#field.value) this.#draft.look()
  }
})

function tools() {
  fetched(...TOOLS).catch(() => {})
}
