// <mention-reach at="/channels/7/reach">: how many people the groups that a text names reach, while it is
// being written, or why they may not be called. More than a few are told only when it is sent once more:
// mustAsk() says whether that was not yet the case, .told how many were said.

import { say } from "../words.js"

const PAUSE = 400 // ms without a keystroke
const UNSAID = 5 // as the server has it: so many may be told without anything being said

customElements.define("mention-reach", class extends HTMLElement {
  #people = 0
  #timer
  told = 0

  connectedCallback() {
    this.closest("form").addEventListener("input", this.#later)
    this.#later()
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    this.closest("form")?.removeEventListener("input", this.#later)
  }

  mustAsk() {
    if (Math.max(this.told, UNSAID) >= this.#people) return false
    this.told = this.#people
    this.#show(say("reach-again", { people: this.#people }))
    return true
  }

  clear() {
    this.#people = this.told = 0
    this.#show("")
  }

  get #body() {
    return this.closest("form").elements.body.value
  }

  #later = () => {
    clearTimeout(this.#timer)
    if (this.#body.includes("@")) this.#timer = setTimeout(this.#ask, PAUSE)
    else this.clear()
  }

  #ask = async () => {
    const asked = this.#body
    const body = new URLSearchParams({ body: asked })
    const answer = await fetch(this.getAttribute("at"), { method: "POST", body }).catch(() => null)
    if (!answer?.ok || asked !== this.#body) return
    const { people, why } = await answer.json()
    this.#people = why ? 0 : people // what is not told to anybody is asked about nobody
    this.#show(why ?? (people ? say("reach", { people }) : ""))
  }

  #show(sentence) {
    if (this.textContent !== sentence) this.textContent = sentence
  }
})
