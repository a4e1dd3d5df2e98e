// <write-preview>: shows what is written as it will look, in place of where it is written.

import { documentFrom } from "../html.js"

customElements.define("write-preview", class extends HTMLElement {
  connectedCallback() {
    this.#button.addEventListener("click", this.#turn)
  }

  disconnectedCallback() {
    this.#button.removeEventListener("click", this.#turn)
  }

  get #form() {
    return this.closest("form")
  }

  get #button() {
    return this.#form.querySelector("[data-preview]")
  }

  get #pane() {
    return this.querySelector(".preview-pane")
  }

  #turn = async (event) => {
    event.preventDefault()
    if (this.classList.contains("previewing")) return this.#write()
    if (!this.#form.elements.body.reportValidity()) return // the rest may wait
    const body = new FormData(this.#form)
    this.#button.disabled = true
    const answer = await fetch("/preview", { method: "POST", body }).catch(() => null)
    this.#button.disabled = false
    const drawn = answer?.ok && documentFrom(await answer.text()).querySelector(".preview")
    if (!drawn) return this.#form.requestSubmit(this.#button) // the page says what is wrong
    this.#pane.replaceChildren(document.adoptNode(drawn))
    this.#show(true)
    drawn.focus()
  }

  #write() {
    this.#show(false)
    this.querySelector("textarea").focus()
  }

  #show(previewing) {
    this.classList.toggle("previewing", previewing)
    this.#pane.hidden = !previewing
    this.querySelector(".field").hidden = previewing
    this.#button.dataset.preview ||= this.#button.textContent
    this.#button.textContent = previewing ? this.#button.dataset.back : this.#button.dataset.preview
  }
})
