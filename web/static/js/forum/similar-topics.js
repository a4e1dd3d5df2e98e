// <similar-topics for="title">: shows what others have written about while the title is being written.

import { pageAt } from "../html.js"

const PAUSE = 400 // ms without a keystroke

customElements.define("similar-topics", class extends HTMLElement {
  connectedCallback() {
    this.#title.addEventListener("input", this.#later)
    if (this.#title.value) this.#later()
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    this.#title?.removeEventListener("input", this.#later)
  }

  #timer

  get #title() {
    return document.getElementById(this.getAttribute("for"))
  }

  #later = () => {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(this.#look, PAUSE)
  }

  // What was written meanwhile is asked for by itself.
  #look = async () => {
    const title = this.#title.value
    const page = await pageAt(`/topics/similar?title=${encodeURIComponent(title)}`).catch(() => null)
    if (page && title === this.#title.value) this.replaceChildren(...page.body.childNodes)
  }
})
