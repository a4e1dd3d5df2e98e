// <case-keys data-choose="Press a number">: a case without a mouse. C claims it; D goes to the decision, where a
// number then chooses one and leads to the words; Ctrl+Enter sends them, with Shift and on to the next case, as N
// does after it. Esc leads out of the words, where a number puts in a canned text. What a key has done is said to
// screen readers.

import { goOn, keysAreFor, leave } from "./keys.js"

const CLAIM = ".claim form[action*='/claim'] button"
const CHOICES = "input[name=ruling]:enabled, input[name=measure]:enabled"

customElements.define("case-keys", class extends HTMLElement {
  // Numbers put in canned texts otherwise (canned-texts.js), so this hears of them first.
  connectedCallback() {
    document.addEventListener("keydown", this, true)
  }

  disconnectedCallback() {
    document.removeEventListener("keydown", this, true)
  }

  handleEvent(event) {
    if (event.key === "Enter" && event.ctrlKey) return this.#send(event)
    if (event.key === "Escape") return this.#leaveWords(event)
    if (!keysAreFor(event)) return
    if (this.#choosing) return this.#choose(event)
    this.#deeds[event.key.toLowerCase()]?.()
  }

  #deeds = {
    c: () => this.#claim(),
    d: () => this.#begin(),
    n: goOn,
  }

  get #form() {
    return document.getElementById("decide")
  }

  get #choosing() {
    return this.#form?.classList.contains("choosing")
  }

  get #choices() {
    return [...this.#form.querySelectorAll(CHOICES)].slice(0, 9)
  }

  #claim() {
    const button = document.querySelector(CLAIM)
    if (button) leave()
    button?.click()
  }

  #begin() {
    if (!this.#form) return
    this.#choices.forEach((choice, at) => (choice.labels[0].dataset.key = at + 1))
    this.#form.classList.add("choosing")
    this.#stand()
    this.#say(this.dataset.choose)
  }

  #leaveWords({ target }) {
    if (this.#form?.contains(target) && target.matches("textarea")) this.#stand()
  }

  #stand() {
    this.#form.tabIndex = -1
    this.#form.focus()
  }

  #choose(event) {
    this.#form.classList.remove("choosing")
    const choice = this.#choices[event.key - 1]
    if (!choice) return
    event.preventDefault()
    event.stopImmediatePropagation()
    if (choice.name === "measure") this.#form.querySelector("#ruling-act").click()
    choice.click()
    this.#say(choice.labels[0].textContent)
    const next = choice.value === "act" ? this.#form.querySelector("input[name=measure]:enabled") : null
    ;(next ?? this.#form.elements.facts).focus()
  }

  #send(event) {
    const button = event.shiftKey ? "button[name=then]" : ".form-actions button:not([name])"
    if (!this.#form?.contains(event.target)) return
    event.preventDefault()
    if (this.#form.checkValidity()) leave()
    this.#form.querySelector(button)?.click()
  }

  #say(words) {
    this.querySelector("[role=status]").textContent = words
  }
})
