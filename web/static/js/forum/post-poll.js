// <post-poll data-post="9">: a poll below its post. It is drawn for everybody alike; here the reader's
// own vote and what they may see of the results take its place. It comes anew with each vote of others:
// then it asks again after a while, so that many readers do not ask at once.

import { documentFrom, pageAt } from "../html.js"

const SOON = 300 // ms
const LATER = 4000

const voted = new Set() // posts, where the reader voted on this page or before

customElements.define("post-poll", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", this.#vote)
    const { member } = document.body.dataset
    if (!member || "ended" in this.dataset || !("voters" in this.dataset)) return
    const within = voted.has(this.#path) ? LATER : SOON
    this.#timer = setTimeout(this.#ask, Math.random() * within)
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    this.removeEventListener("submit", this.#vote)
  }

  #timer

  get #path() {
    return `/posts/${this.dataset.post}/poll`
  }

  #ask = () => {
    pageAt(this.#path).then((page) => this.#show(page), () => {}) // the link leads there
  }

  // Only a ballot with results is worth more than what stands here.
  #show(page) {
    const ballot = page.querySelector("[data-ballot]")
    if (!ballot?.querySelector(".poll-results")) return
    voted.add(this.#path)
    const heading = this.querySelector(".poll-question")
    this.replaceChildren(heading, ...document.adoptNode(ballot).childNodes)
  }

  #vote = async (event) => {
    event.preventDefault()
    const body = new URLSearchParams(new FormData(event.target))
    event.submitter.disabled = true
    const answer = await fetch(event.target.action, { method: "POST", body }).catch(() => null)
    if (!answer?.ok || !answer.redirected) return location.assign(this.#path)
    this.#show(documentFrom(await answer.text()))
    this.tabIndex = -1
    this.focus()
  }
})
