// <kept-draft place="topic:5">: keeps what is written: here at once, on the server soon after.
// `place` changes when the composer moves below a post. Forgets with forget(), once it was sent.

import { forget, keep, kept } from "../keeping.js"

const PAUSE = 1500 // ms without a keystroke

customElements.define("kept-draft", class extends HTMLElement {
  connectedCallback() {
    this.#restore()
    this.addEventListener("input", this.#later)
    addEventListener("pagehide", this.#now)
    this.querySelector("[data-keep-draft]").hidden = true // it keeps itself
    this.querySelector("form").addEventListener("submit", this.#settle)
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    removeEventListener("pagehide", this.#now)
  }

  forget() {
    this.#settle()
    forget(this.#name)
  }

  #timer

  get #name() {
    return `draft:${this.getAttribute("place")}`
  }

  get #fields() {
    return [...this.querySelectorAll("[name=title], [name=body]")]
  }

  get #state() {
    return this.querySelector(".draft-state")
  }

  // A copy here is newer than the page only when the server was never told.
  #restore() {
    const copy = kept(this.#name) ?? {}
    for (const field of this.#fields) {
      if (!field.value && copy[field.name]) field.value = copy[field.name]
    }
  }

  #later = () => {
    const copy = Object.fromEntries(this.#fields.map(({ name, value }) => [name, value]))
    keep(this.#name, copy)
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#keep, PAUSE)
  }

  #now = () => {
    if (this.#timer) this.#keep()
  }

  #settle = () => {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  // The answer leads to the page of the draft, where we are already.
  #keep = async () => {
    this.#settle()
    const body = new FormData(this.querySelector("form"))
    body.set("place", this.getAttribute("place"))
    const sent = fetch("/drafts", { method: "POST", body: new URLSearchParams(body), redirect: "manual", keepalive: true })
    const answer = await sent.catch(() => null)
    const { dataset } = this.#state
    this.#state.textContent = answer?.type === "opaqueredirect" ? dataset.kept : dataset.here
  }
})
