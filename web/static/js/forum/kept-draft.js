// <kept-draft place="topic:5">: keeps what is written: here at once, on the server soon after.
// `place` changes when the composer moves below a post. Forgets with forget(), once it was sent.
// Where another device kept something else meanwhile, both texts are shown, and the member chooses.

import { forget, keep, kept } from "../keeping.js"
import { composed, fill, texts } from "./composed.js"

const PAUSE = 1500 // ms without a keystroke

customElements.define("kept-draft", class extends HTMLElement {
  connectedCallback() {
    if (!this.#versions.size) this.#begin()
    this.addEventListener("input", this.#later)
    this.addEventListener("click", this.#choose)
    addEventListener("pagehide", this.#now)
    this.querySelector("[data-keep-draft]").hidden = true // it keeps itself
    this.#form.addEventListener("submit", this.#submit)
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    removeEventListener("pagehide", this.#now)
  }

  forget() {
    this.#settle()
    this.#versions.delete(this.getAttribute("place"))
    forget(this.#name)
  }

  #timer
  #under // the save that is under way
  #versions = new Map() // place → what the server has, as far as we know
  #other // what was kept elsewhere, while the member has not chosen

  get #form() {
    return this.querySelector("form")
  }

  get #name() {
    return `draft:${this.getAttribute("place")}`
  }

  get #version() {
    return this.#versions.get(this.getAttribute("place")) ?? 0
  }


  #begin() {
    this.#versions.set(this.getAttribute("place"), Number(this.#form.elements.version.value))
    this.#restore()
  }

  // A copy here is newer than the page where the server was never told of it.
  #restore() {
    const copy = kept(this.#name)
    if (!copy || copy.told) return
    const page = texts(this.#form)
    if (copy.version === this.#version || !page.body) fill(this.#form, copy)
    else if (copy.body && copy.body !== page.body) {
      fill(this.#form, copy)
      this.#show({ ...page, version: this.#version })
    }
  }

  #later = () => {
    keep(this.#name, { ...composed(this.#form), version: this.#version })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#keep, PAUSE)
  }

  #now = () => {
    if (this.#timer) this.#send()
  }

  #settle = () => {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  // What is sent says which version it was, so that only what another device kept since stays a draft.
  #submit = (event) => {
    this.#settle()
    this.#form.elements.version.value = this.#version
    if (!this.#under) return
    event.preventDefault()
    event.stopImmediatePropagation()
    this.#under.then(() => this.#form.requestSubmit(event.submitter))
  }

  // One at a time: the next goes on from the version of this one.
  #keep = () => {
    this.#settle()
    if (this.#other) return
    if (this.#under) this.#later()
    else this.#under = this.#save().finally(() => (this.#under = undefined))
  }

  async #save() {
    const place = this.getAttribute("place")
    const answer = await this.#send()
    const told = await answer?.json().catch(() => null)
    this.#answered(place, answer?.status, told)
    this.#say(answer?.ok ? "kept" : "here")
  }

  #answered(place, status, told) {
    const here = place === this.getAttribute("place")
    if (status === 200 && told) {
      this.#versions.set(place, told.version)
      if (here && kept(this.#name)) keep(this.#name, { ...composed(this.#form), version: told.version, told: !this.#timer })
    } else if (status === 409 && told && here) this.#show(told)
  }

  #send() {
    const body = new URLSearchParams(new FormData(this.#form))
    body.set("place", this.getAttribute("place"))
    body.set("version", this.#version)
    const headers = { accept: "application/json" }
    return fetch("/drafts", { method: "POST", body, headers, keepalive: true }).catch(() => null)
  }

  #say(word) {
    const state = this.querySelector(".draft-state")
    state.textContent = state.dataset[word]
  }

  #show(other) {
    this.#other = other
    const section = this.querySelector("[data-elsewhere]").content.firstElementChild.cloneNode(true)
    section.querySelector("[data-other]").textContent = [other.title, other.body].filter(Boolean).join("\n\n")
    this.querySelector(".elsewhere")?.remove()
    this.#form.prepend(section)
  }

  #choose = (event) => {
    const { choose } = event.target.closest("[data-choose]")?.dataset ?? {}
    if (!choose || !this.#other) return
    event.preventDefault()
    const { title, body, version } = this.#other
    const mine = texts(this.#form)
    if (choose === "theirs") fill(this.#form, { title, body })
    if (choose === "join") fill(this.#form, { title: mine.title || title, body: `${body}\n\n${mine.body}` })
    this.#versions.set(this.getAttribute("place"), version)
    this.#other = undefined
    this.querySelector(".elsewhere").remove()
    this.#form.elements.body.focus()
    this.#later()
  }
})
