// <attach-files largest="8388608">: files for the text that is being written: chosen, dropped on the form
// or pasted, and sent while one goes on writing. Each has a line that says how far it is, to cancel it or
// to try again; once it is there, the line is as the server drew it. The text waits for them.

import { documentFrom } from "../html.js"
import { pickFiles } from "../picking-files.js"
import { how, SendingFiles } from "../sending-files.js"
import { say } from "../words.js"

customElements.define("attach-files", class extends HTMLElement {
  #gone
  #sending = new SendingFiles(() => ["/drafts/files", { place: this.#form.elements.place.value }], (row) => this.#show(row))
  #submitter // of the form, which waits for them

  connectedCallback() {
    this.#gone = new AbortController()
    const { signal } = this.#gone
    this.querySelector("[data-dropping]").hidden = false
    this.#tidy()
    this.addEventListener("click", this.#press, { signal })
    this.#form.addEventListener("submit", this.#wait, { signal, capture: true })
    pickFiles(this.#form, this.#input, (files) => this.#take(files), signal)
  }

  // Where the composer moves, it is connected again at once.
  disconnectedCallback() {
    this.#gone.abort()
    queueMicrotask(() => this.isConnected || this.#sending.end())
  }

  // What was sent hangs at its post.
  clear() {
    this.#list.replaceChildren()
  }

  get #form() {
    return this.closest("form")
  }

  get #input() {
    return this.querySelector("input[type=file]")
  }

  get #list() {
    return this.querySelector(".enclosures")
  }

  #take(files) {
    for (const file of files) {
      const line = this.querySelector("template[data-row]").content.firstElementChild.cloneNode(true)
      line.querySelector(".enclosed-name").textContent = file.name
      this.#list.append(line)
      const large = file.size > Number(this.getAttribute("largest"))
      this.#sending.add(file, line, large ? say("file-large") : undefined)
    }
  }

  #show(row) {
    if (row.answer) {
      row.line.replaceWith(...documentFrom(row.answer).querySelectorAll("li"))
      this.#tidy()
    } else {
      row.line.querySelector("progress").value = row.trouble === undefined ? row.percent ?? 0 : 0
      row.line.querySelector("[data-again]").hidden = row.trouble === undefined
      row.line.querySelector("[role=status]").textContent = how(row)
    }
    if (!this.#sending.underWay) this.#goOn()
  }

  // What waited for the files is sent, unless one of them did not arrive.
  #goOn() {
    const submitter = this.#submitter
    this.#submitter = undefined
    const failed = this.#sending.rows.length
    this.#state(submitter && failed ? say("files-failed") : "")
    if (submitter && !failed) this.#form.requestSubmit(submitter)
  }

  #wait = (event) => {
    if (!this.#sending.rows.length || event.submitter?.hasAttribute("data-preview")) return
    event.preventDefault()
    event.stopImmediatePropagation()
    this.#submitter = event.submitter
    this.#state(say("files-first"))
    if (!this.#sending.underWay) this.#goOn()
  }

  #press = ({ target }) => {
    const line = target.closest(".enclosed")
    const row = this.#sending.rows.find((one) => one.line === line)
    if (target.closest("[data-again]")) return this.#sending.again(row)
    if (target.closest("[data-stop]")) this.#stop(row)
    else if (target.closest("[data-remove]")) this.#remove(line)
  }

  #stop(row) {
    row.line.remove()
    this.#sending.drop(row)
    this.#input.focus()
  }

  // The form says that it is not wanted any more, and so does the draft.
  #remove(line) {
    line.querySelector("[name=away]").checked = true
    line.hidden = true
    line.dispatchEvent(new InputEvent("input", { bubbles: true }))
    this.#input.focus()
  }

  // A press on a button in place of a tick.
  #tidy() {
    for (const line of this.#list.querySelectorAll("[data-file]")) {
      line.hidden = line.querySelector("[name=away]").checked
      line.querySelector(".enclosed-away").hidden = true
      line.querySelector("[data-remove]").hidden = false
    }
  }

  #state(sentence) {
    this.querySelector("[data-files-state]").textContent = sentence
  }
})
