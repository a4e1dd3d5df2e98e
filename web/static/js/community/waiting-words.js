// <waiting-words>: what this browser holds for its member and has not sent, of every channel, whether or not
// they still see it: where, when, why. Nothing that was written is only where nobody finds it.

import { drop, waiting } from "../outbox.js"
import { say } from "../words.js"

customElements.define("waiting-words", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("outbox", this.#draw)
    this.addEventListener("click", this.#press)
    this.#draw()
  }

  disconnectedCallback() {
    document.removeEventListener("outbox", this.#draw)
    this.removeEventListener("click", this.#press)
  }

  get #list() {
    return this.querySelector("ul")
  }

  #draw = () => {
    const messages = waiting()
    const keys = new Set(messages.map(({ key }) => key))
    for (const row of this.#list.querySelectorAll("li")) if (!keys.has(row.dataset.waiting)) row.remove()
    for (const message of messages) this.#show(this.#rowOf(message), message)
    this.hidden = !messages.length
  }

  #rowOf({ key }) {
    const there = this.#list.querySelector(`[data-waiting="${CSS.escape(key)}"]`)
    if (there) return there
    const row = this.querySelector("template").content.firstElementChild.cloneNode(true)
    row.dataset.waiting = key
    this.#list.append(row)
    return row
  }

  #show(row, { channel, where, body, enclosed = [], at, failed, reason }) {
    const link = row.querySelector("a")
    link.href = `/channels/${channel}`
    if (where) link.textContent = where
    row.querySelector(".written").textContent = [body, ...enclosed.map(({ given }) => given.name)].filter(Boolean).join("\n")
    row.querySelector(".waiting-reason").textContent = reason ? `: ${reason}` : ""
    for (const word of row.querySelectorAll("[data-when]")) word.hidden = word.dataset.when !== (failed ? "failed" : "waiting")
    const time = row.querySelector("time")
    if (time.dateTime) return
    time.dateTime = new Date(at).toISOString()
    row.dispatchEvent(new CustomEvent("shown", { bubbles: true, detail: { fresh: false } }))
  }

  #press = ({ target }) => {
    const { do: deed } = target.closest("[data-do]")?.dataset ?? {}
    const row = target.closest("[data-waiting]")
    if (deed === "drop") drop(row.dataset.waiting)
    if (deed === "copy") this.#copy(row.querySelector(".written").textContent)
  }

  async #copy(words) {
    const copied = await navigator.clipboard?.writeText(words).then(() => true, () => false)
    this.querySelector("[role=status]").textContent = say(copied ? "copied" : "not-copied")
  }
})
