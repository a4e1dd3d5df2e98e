// <queue-keys>: J and K move through the cases inside, Enter opens the one in focus (it is a link), C claims it; N
// claims the most pressing that waits. X chooses, B leads to what is done with all that are chosen.

import { goOn, keysAreFor, leave } from "./keys.js"

const BOX = "input[name=case]"

customElements.define("queue-keys", class extends HTMLElement {
  #last

  connectedCallback() {
    document.addEventListener("keydown", this)
    this.addEventListener("change", this.#count)
    this.addEventListener("shown", this.#count) // what has changed is chosen no more
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this)
    this.removeEventListener("change", this.#count)
    this.removeEventListener("shown", this.#count)
  }

  handleEvent(event) {
    if (keysAreFor(event)) this.#deeds[event.key.toLowerCase()]?.(event)
  }

  #deeds = {
    j: () => this.#move(1),
    k: () => this.#move(-1),
    b: (event) => this.#settle(event),
    c: () => this.#claim(),
    n: goOn,
    x: ({ shiftKey }) => this.#choose(shiftKey),
  }

  get #here() {
    return document.activeElement?.closest(".queue-case")
  }

  #claim() {
    const button = this.#here?.querySelector(".queue-action button")
    if (button) leave()
    button?.click()
  }

  #settle(event) {
    const words = document.querySelector("#bulk textarea")
    if (words) event.preventDefault() // or the letter would stand in it
    words?.focus()
  }

  // With Shift, all from the one that was chosen last.
  #choose(range) {
    const box = this.#here?.querySelector(BOX)
    if (!box) return
    if (range && this.#last?.isConnected) for (const one of this.#between(box, this.#last)) one.checked = true
    else box.checked = !box.checked
    this.#last = box
    this.#count()
  }

  #between(...ends) {
    const boxes = [...this.querySelectorAll(BOX)]
    const at = ends.map((one) => boxes.indexOf(one))
    return boxes.slice(Math.min(...at), Math.max(...at) + 1)
  }

  #count() {
    const chosen = this.querySelectorAll(`${BOX}:checked`).length
    const count = document.getElementById("bulk-count")
    if (count) count.value = chosen || ""
  }

  #move(step) {
    const cases = [...this.querySelectorAll(".queue-case")]
    const at = cases.indexOf(this.#here)
    const next = cases[at < 0 ? 0 : Math.min(Math.max(at + step, 0), cases.length - 1)]
    next?.querySelector("h2 a").focus()
    next?.scrollIntoView({ block: "nearest" })
  }
})
