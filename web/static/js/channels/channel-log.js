// <channel-log role="log">: the scroller around the messages. It keeps the talk readable and the reader
// where they are; what is new is announced once, what is old or changed never (accessibility).
//
// The list inside is kept current by <live-stream>; days, groups and the line before the first unread
// are put between its messages here. "Pesan baru" is the button with the class `jump` beside it.

import { reached } from "../reading.js"
import { say } from "../words.js"
import { showBubbles } from "./bubbles.js"
import { loadWhenNear } from "./further-messages.js"
import { tidy } from "./tidying.js"

const NEAR = 48 // px from the end that still count as the end
const MOST = 400 // messages kept while the reader is at the end
const BURST = { messages: 3, within: 2000 } // more than these are announced as a number

customElements.define("channel-log", class extends HTMLElement {
  #unseen = 0
  #recent = [] // when the last ones came
  #seen = new AbortController()

  connectedCallback() {
    const { signal } = this.#seen
    this.addEventListener("shown", (event) => this.#shown(event), { signal })
    this.addEventListener("ended", () => this.#seen.abort(), { signal })
    this.addEventListener("scroll", () => this.#look(), { signal, passive: true })
    document.addEventListener("visibilitychange", () => this.#look(), { signal })
    this.#jump?.addEventListener("click", () => this.toEnd(), { signal })
    tidy(this.#list)
    showBubbles(this, signal)
    this.#begin()
    this.#look()
  }

  disconnectedCallback() {
    this.#seen.abort()
  }

  // 0 is the end: the scroller is laid out from there.
  get atEnd() {
    return this.scrollTop > -NEAR && !this.#list.dataset.to
  }

  toEnd() {
    this.scrollTop = 0
    this.focus({ preventScroll: true })
  }

  get #list() {
    return this.querySelector(".messages")
  }

  get #jump() {
    return this.parentElement.querySelector(".jump")
  }

  // Where the reader left off, when that is on this page; a link to a message goes there by itself.
  #begin() {
    const first = this.querySelector(".unread-line")
    if (first && !location.hash) first.scrollIntoView({ block: "center" })
    loadWhenNear(this.#list)
  }

  #shown({ target, detail }) {
    this.#announce(detail.fresh && target.dataset.author !== document.body.dataset.member)
    if (target.dataset.seq) this.#list.querySelector(".channel-quiet")?.remove()
    if (this.atEnd) this.#trim()
    tidy(this.#list)
    this.#look()
  }

  // What comes right after this, in the same turn of the browser, is read out or not.
  #announce(news) {
    this.ariaLive = news && !this.#isBurst() ? "polite" : "off"
    if (news && (!this.atEnd || document.hidden)) this.#unseen++
  }

  #isBurst() {
    const now = Date.now()
    this.#recent = [...this.#recent.filter((at) => now - at < BURST.within), now]
    const many = this.#recent.length > BURST.messages
    if (many) document.getElementById("burst").textContent = say("new", { count: this.#recent.length })
    return many
  }

  #look() {
    if (this.atEnd && !document.hidden) {
      this.#unseen = 0
      const last = this.#list.querySelector(":scope > [data-seq]:nth-last-child(1 of [data-seq])")
      if (last) reached(this.#list.id, Number(last.dataset.seq))
    }
    this.#tellUnseen()
  }

  #tellUnseen() {
    const jump = this.#jump
    if (!jump) return
    jump.hidden = this.atEnd || Boolean(this.#list.dataset.to)
    jump.lastElementChild.textContent = this.#unseen ? say("new", { count: this.#unseen }) : say("newest")
  }

  // What nobody looks at any more can be loaded again.
  #trim() {
    const messages = this.#list.querySelectorAll(":scope > [data-seq]")
    if (messages.length <= MOST) return
    const from = messages[messages.length - MOST]
    this.#list.dataset.from = from.dataset.seq
    for (const message of messages) {
      if (message === from) break
      message.remove()
    }
  }
})
