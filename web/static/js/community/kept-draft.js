// <kept-draft place="topic:5">: keeps what is written: here at once, on the server soon after.
// Moves along with the composer, and forgets once it was sent: moveTo(place), forget(). With `at`, the
// address of the draft, it also looks what became of it on other devices: look(), .version.
// Where another device kept something else meanwhile, both texts are shown, and the member chooses.

import { forget, keep, kept } from "../keeping.js"
import { composed, fill, texts } from "./composed.js"
import { forgetAt, forgetSeen, markSent, sayState, tell, theirs } from "./drafts.js"
import { edited, restore, showOther, takeOther } from "./elsewhere.js"

const PAUSE = 1500 // ms without a keystroke

customElements.define("kept-draft", class extends HTMLElement {
  connectedCallback() {
    if (!this.#versions.size) this.#begin()
    this.addEventListener("input", this.#later)
    this.addEventListener("click", this.#choose)
    addEventListener("pagehide", this.#now)
    this.querySelector("[data-keep-draft]").hidden = true // it keeps itself
    this.#form.addEventListener("submit", this.#submit)
    if (this.#at) document.addEventListener("visibilitychange", this.look)
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    removeEventListener("pagehide", this.#now)
    document.removeEventListener("visibilitychange", this.look)
  }

  // What is written goes along; where nothing is, what was kept there stands in the box again.
  moveTo(place) {
    if (this.#timer) this.#keep()
    this.setAttribute("place", place)
    const copy = kept(this.#name)
    if (!copy || texts(this.#form).body.trim()) return
    fill(this.#form, copy)
    this.#versions.set(place, Math.max(copy.version, this.version))
  }

  forget() {
    this.#settle()
    forget(this.#name)
    forgetAt(this.#versions, this.#place)
    this.#under?.then(() => kept(this.#name) || tell({ place: this.#place, version: this.version }, this.#at)) // kept too late
    this.#versions.clear()
  }

  // While nothing here waits to be kept, what other devices made of it stands here.
  look = async () => {
    const there = this.#busy ? undefined : await theirs(this.#at)
    if (!there || this.#busy || there.version === this.version) return
    this.#versions.set(this.#place, there.version)
    this.#form.elements.body.value = there.body
    keep(this.#name, { ...composed(this.#form), version: there.version, told: true })
  }

  #timer
  #under // the save that is under way
  #versions = new Map() // place → what the server has, as far as we know
  #other // what was kept elsewhere, while the member has not chosen

  get #form() { return this.querySelector("form") }
  get #place() { return this.getAttribute("place") }
  get #name() { return `draft:${this.#place}` }

  get #at() { return this.getAttribute("at") }
  get #busy() { return this.#timer || this.#under || this.#other || kept(this.#name)?.told === false }

  get version() {
    return this.#versions.get(this.#place) ?? 0
  }

  #begin() {
    forgetSeen()
    this.#versions.set(this.#place, Number(this.#form.elements.version.value))
    this.#other = edited(this.#form, this.version)
    const copy = kept(this.#name) // newer than the page where the server was never told of it
    if (!this.#other && copy && !copy.told) this.#other = restore(this.#form, copy, this.version)
  }

  #later = () => {
    keep(this.#name, { ...composed(this.#form), version: this.version, told: false })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#keep, PAUSE)
  }

  #now = () => this.#timer && this.#send()

  #settle = () => {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  // What is sent says which version it was, so that only what another device kept since stays a draft.
  #submit = (event) => {
    if (event.defaultPrevented) return // taken already, to be sent in its own time
    this.#settle()
    this.#form.elements.version.value = this.version
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
    const place = this.#place
    const answer = await this.#send()
    const told = await answer?.json().catch(() => null)
    this.#answered(place, answer?.status, told)
    sayState(this.#form, answer?.ok ? "kept" : "here")
  }

  #answered(place, status, told) {
    const here = place === this.#place
    if (status === 200 && told) {
      this.#versions.set(place, told.version)
      if (here && kept(this.#name)) keep(this.#name, { ...composed(this.#form), version: told.version, told: !this.#timer })
    } else if (status === 409 && told && here) this.#other = showOther(this.#form, told)
  }

  #send() {
    const body = new FormData(this.#form)
    body.set("place", this.#place)
    body.set("version", this.version)
    body.delete("given") // files go another way
    return tell(body, this.#at)
  }

  #choose = (event) => {
    const { choose } = event.target.closest("[data-choose]")?.dataset ?? {}
    if (!choose || !this.#other) return
    event.preventDefault()
    takeOther(this.#form, this.#other, choose)
    this.#versions.set(this.#place, this.#other.version)
    this.#other = undefined
    this.#form.elements.body.focus()
    this.#later()
  }
})
