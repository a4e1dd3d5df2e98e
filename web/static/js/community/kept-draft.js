// <kept-draft place="topic:5">: keeps what is written: here at once, on the server soon after.
// Moves along with the composer, and forgets once it was sent: moveTo(place), forget().
// Where another device kept something else meanwhile, both texts are shown, and the member chooses.

import { forget, keep, kept } from "../keeping.js"
import { composed, fill, texts } from "./composed.js"
import { forgetAt, forgetSeen, markSent, sayState, tell } from "./drafts.js"
import { showOther, takeOther } from "./elsewhere.js"

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

  // What is written goes along; where nothing is, what was kept there stands in the box again.
  moveTo(place) {
    if (this.#timer) this.#keep()
    this.setAttribute("place", place)
    const copy = kept(this.#name)
    if (!copy || texts(this.#form).body.trim()) return
    fill(this.#form, copy)
    this.#versions.set(place, Math.max(copy.version, this.#version))
  }

  forget() {
    this.#settle()
    forget(this.#name)
    forgetAt(this.#versions, this.getAttribute("place"))
    this.#versions.clear()
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
    forgetSeen()
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
      this.#other = showOther(this.#form, { ...page, version: this.#version })
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
    if (!this.#under) return markSent(this.#name, this.#form, event.submitter)
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
    sayState(this.#form, answer?.ok ? "kept" : "here")
  }

  #answered(place, status, told) {
    const here = place === this.getAttribute("place")
    if (status === 200 && told) {
      this.#versions.set(place, told.version)
      if (here && kept(this.#name)) keep(this.#name, { ...composed(this.#form), version: told.version, told: !this.#timer })
    } else if (status === 409 && told && here) this.#other = showOther(this.#form, told)
  }

  #send() {
    const body = new FormData(this.#form)
    body.set("place", this.getAttribute("place"))
    body.set("version", this.#version)
    return tell(body)
  }

  #choose = (event) => {
    const { choose } = event.target.closest("[data-choose]")?.dataset ?? {}
    if (!choose || !this.#other) return
    event.preventDefault()
    takeOther(this.#form, this.#other, choose)
    this.#versions.set(this.getAttribute("place"), this.#other.version)
    this.#other = undefined
    this.#form.elements.body.focus()
    this.#later()
  }
})
