// <channel-files largest="8388608" most="6">: files that will go with the message: each has a line here, with
// what is to be seen on it, until it is sent. They leave in its bubble (outbox-files.js).
//
//   .take()   { given, words } of each; the lines are gone      .put(enclosed)   they stand here again
//   .any      whether there are some                             .trouble         why one of the last was not taken

import { pickFiles } from "../picking-files.js"
import { say } from "../words.js"
import { show } from "./file-shown.js"

customElements.define("channel-files", class extends HTMLElement {
  #given = new Map() // line → file
  #gone

  connectedCallback() {
    this.#gone = new AbortController()
    const form = this.closest("form")
    pickFiles(form, form.querySelector("input[type=file]"), (files) => this.#take(files), this.#gone.signal)
    this.addEventListener("click", this.#press, { signal: this.#gone.signal })
  }

  disconnectedCallback() {
    this.#gone.abort()
  }

  get any() {
    return this.#given.size > 0
  }

  get trouble() {
    return this.#state.textContent
  }

  take() {
    const enclosed = [...this.#given].map(([line, given]) => ({ given, words: line.querySelector("input").value }))
    this.put([])
    return enclosed
  }

  put(enclosed) {
    for (const line of this.#given.keys()) line.remove()
    this.#given.clear()
    for (const { given, words } of enclosed) this.#add(given, words)
  }

  get #list() {
    return this.querySelector(".enclosures")
  }

  get #state() {
    return this.querySelector("[role=status]")
  }

  #take(files) {
    this.#state.textContent = ""
    for (const file of files) this.#add(file, "")
    if (!files.length) return
    const form = this.closest("form")
    form.querySelector(".composer-more").open = false // on a phone it lies above the lines
    form.elements.body.focus()
  }

  #add(file, words) {
    if (!this.#takes(file)) return this.#refuse(say("file-kind"))
    if (file.size > Number(this.getAttribute("largest"))) return this.#refuse(say("file-large"))
    if (this.#given.size >= Number(this.getAttribute("most"))) return this.#refuse(say("files-many"))
    const line = this.querySelector("template").content.firstElementChild.cloneNode(true)
    line.querySelector(".enclosed-name").textContent = file.name
    line.querySelector("input").value = words
    show(line.querySelector(".enclosed-sign"), file)
    this.#given.set(line, file)
    this.#list.append(line)
  }

  // What the browser does not know by its name is looked at by the server.
  #takes({ type }) {
    return !type || this.closest("form").querySelector("input[type=file]").accept.split(",").includes(type)
  }

  #refuse(sentence) {
    this.#state.textContent = sentence
  }

  #press = ({ target }) => {
    const line = target.closest("[data-remove]")?.closest("li")
    if (!line) return
    this.#given.delete(line)
    line.remove()
    this.closest("form").elements.body.focus()
  }
})
