// <live-status role="status">: how the line is, in words, and nothing while all is well.
// <live-status brief>: in a word or two, also while all is well. [data-state] is the line's.
//
// It hears event "line" of line.js ({state, seconds}) and the frames status and drain.

import { on } from "./live.js"
import { say } from "./words.js"

const PATIENCE = 1500 // ms: a line that is back sooner is not worth a word

customElements.define("live-status", class extends HTMLElement {
  #line = { state: "opening" }
  #server = { write: true, live: true }
  #draining = false
  #timer

  connectedCallback() {
    document.addEventListener("line", this)
    on("status", ({ write, live }) => this.#set(() => (this.#server = { write, live })))
    on("drain", () => this.#set(() => (this.#draining = true)))
    this.#show()
  }

  disconnectedCallback() {
    document.removeEventListener("line", this)
    clearTimeout(this.#timer)
  }

  handleEvent({ detail }) {
    const before = this.#line.state
    this.#line = detail
    if (detail.state === "open") this.#draining = false
    clearTimeout(this.#timer)
    if (detail.state === "waiting" && before !== "waiting") this.#timer = setTimeout(() => this.#show(), PATIENCE)
    else this.#show()
  }

  #set(change) {
    change()
    this.#show()
  }

  #show() {
    this.dataset.state = this.#line.state
    const sentence = this.#sentence()
    if (sentence === this.textContent) return
    this.textContent = sentence
    const link = this.hasAttribute("brief") ? null : this.#link()
    if (link) this.append(" ", link)
  }

  #sentence() {
    const { state, seconds } = this.#line
    if (this.hasAttribute("brief")) return say(`brief-${state}`)
    if (state === "waiting" && !navigator.onLine) return say("offline")
    return state === "open" ? this.#ofServer() : say(state, { seconds })
  }

  #ofServer() {
    if (this.#draining) return say("draining")
    if (!this.#server.write) return say("storage")
    return this.#server.live ? "" : say("slow")
  }

  #link() {
    const text = say(`${this.#line.state}-link`)
    if (!text) return null
    const link = document.createElement("a")
    const here = location.pathname + location.search
    link.href = this.#line.state === "signed-out" ? `/sign-in?next=${encodeURIComponent(here)}` : location.href
    link.textContent = text
    return link
  }
})
