// <channel-log role="log">: the scroller around the messages. It keeps the talk readable and the reader
// where they are; what is new is announced once, what is old or changed never (accessibility).
//
// The list inside is kept current by <live-stream>; days, groups and the line before the first unread
// are put between its messages here. "Pesan baru" is the button with the class `jump` beside it.
// What a change asks for is done once, before the next picture is drawn.

import { reached } from "../reading.js"
import { say } from "../words.js"
import { showBubbles } from "./bubbles.js"
import { nextFrame } from "./frame.js"
import { isTooLong, lastOf, loadNewest, loadWhenNear, trim } from "./part.js"
import { Place } from "./place.js"
import { tidy, tidyAt } from "./tidying.js"
import { Voice } from "./voice.js"

const NEAR = 48 // px from the end that still count as the end

customElements.define("channel-log", class extends HTMLElement {
  #place = new Place(this)
  #voice = new Voice(this)
  #atEnd = true
  #newest = 0 // the highest seq that came
  #unseen = 0
  #settling // the promise of the next picture
  #seen = new AbortController()

  connectedCallback() {
    const { signal } = this.#seen
    this.addEventListener("shown", (event) => this.#shown(event), { signal })
    this.addEventListener("beyond", (event) => this.#count(event.detail), { signal })
    this.addEventListener("loaded", () => this.#settle(), { signal })
    this.addEventListener("ended", () => this.#seen.abort(), { signal })
    this.addEventListener("scroll", () => this.#settle(), { signal, passive: true })
    document.addEventListener("visibilitychange", () => this.#settle(), { signal })
    this.#jump?.addEventListener("click", () => this.#toEndByKey(), { signal })
    tidy(this.#list)
    showBubbles(this, signal)
    this.#newest = seqOf(lastOf(this.#list))
    this.#begin()
    loadWhenNear(this, signal)
    this.#look()
  }

  disconnectedCallback() {
    this.#seen.abort()
  }

  // To the end of the talk, wherever it is.
  async toEnd() {
    if (this.#list.dataset.to) await loadNewest(this).catch(() => {}) // no network: they stay where they are
    this.scrollTop = 0
    this.#look()
  }

  get #list() {
    return this.querySelector(".messages")
  }

  get #jump() {
    return this.parentElement.querySelector(".jump")
  }

  async #toEndByKey() {
    await this.toEnd()
    this.focus({ preventScroll: true })
  }

  // Where the reader left off, when that is on this page; a link to a message goes there by itself.
  #begin() {
    const first = this.querySelector(".unread-line")
    if (first && !location.hash) first.scrollIntoView({ block: "center" })
  }

  #shown({ target, detail }) {
    if (target.dataset.seq) {
      this.#count(target)
      this.#voice.tells(detail.fresh && !isMine(target))
      tidyAt(target)
    } else {
      this.#voice.tells(false)
      tidy(this.#list)
      this.#newest = Math.max(this.#newest, seqOf(lastOf(this.#list)))
    }
    this.#settle()
  }

  #count(message) {
    const seq = seqOf(message)
    if (seq <= this.#newest) return
    this.#newest = seq
    if (!isMine(message) && (!this.#atEnd || document.hidden)) this.#unseen++
    this.#settle()
  }

  async #settle() {
    if (this.#settling) return
    this.#settling = nextFrame()
    await this.#settling
    this.#settling = undefined
    if (!this.isConnected || !this.#list) return
    this.#look()
    if (isTooLong(this.#list)) setTimeout(() => this.#cut())
  }

  // Reads where the reader is, once: each look at it after a change has the whole talk laid out anew.
  #look() {
    this.#atEnd = this.#isAtEnd()
    if (!this.#atEnd) this.#place.hold()
    this.#place.note()
    if (this.#atEnd && !document.hidden) {
      this.#unseen = 0
      const seq = seqOf(lastOf(this.#list))
      if (seq) reached(this.#list.id, seq)
    }
    this.#tellUnseen()
  }

  // After the picture, not in its turn: what changes there is drawn twice, as a mouse was looked for before.
  #cut() {
    if (!this.isConnected || !this.#list) return
    this.#look() // what is cut depends on it
    trim(this.#list, this.#atEnd ? lastOf(this.#list) : this.#place.message)
    if (!this.#isAtEnd()) this.#place.restore()
    this.#look()
  }

  // 0 is the end: the scroller is laid out from there.
  #isAtEnd() {
    return this.scrollTop > -NEAR && !this.#list.dataset.to
  }

  #tellUnseen() {
    const jump = this.#jump
    if (!jump) return
    jump.hidden = this.#atEnd
    const words = this.#unseen ? say(this.#unseen === 1 ? "new-one" : "new", { count: this.#unseen }) : say("newest")
    if (jump.firstElementChild.textContent !== words) jump.firstElementChild.textContent = words
  }
})

function seqOf(message) {
  return Number(message?.dataset.seq ?? 0)
}

function isMine(message) {
  return message.dataset.author === document.body.dataset.member
}
