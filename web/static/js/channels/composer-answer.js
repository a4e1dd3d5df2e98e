// <composer-answer>: which message one answers, above the field. What the page of a message offers with
// data-answer chooses it, or the event "answer" with its id (log-keys.js); sent, renewed or given up, also by
// Escape, it is forgotten.

customElements.define("composer-answer", class extends HTMLElement {
  #gone = new AbortController()

  connectedCallback() {
    const { signal } = this.#gone
    document.addEventListener("click", (event) => this.#choose(event), { signal })
    document.addEventListener("answer", ({ detail }) => this.#answer(detail.id), { signal })
    document.addEventListener("rewrite", ({ detail }) => this.#take(detail.parent), { signal })
    this.closest("form").addEventListener("submit", () => queueMicrotask(() => this.#take()), { signal })
    this.querySelector("a").addEventListener("click", (event) => this.#giveUp(event), { signal })
    this.closest("form").addEventListener("keydown", (event) => this.#leave(event), { signal }) // after suggestions
  }

  disconnectedCallback() {
    this.#gone.abort()
  }

  // Of a message that is shown here; else the link leads to where it is.
  #choose(event) {
    const link = event.target.closest("a[data-answer]")
    if (!link || !this.#messageOf(link.dataset.answer)) return
    event.preventDefault()
    link.closest("dialog")?.close()
    this.#answer(link.dataset.answer)
  }

  #answer(id) {
    if (!this.#messageOf(id)) return
    this.#take(id)
    this.#field.focus()
  }

  #take(id) {
    const message = id && this.#messageOf(id)
    const field = this.querySelector("input")
    this.hidden = field.disabled = !message
    field.value = message ? id : ""
    if (!message) return
    this.querySelector("b").textContent = message.querySelector(".author-name").textContent
    const wordless = message.querySelector(".attached") ? this.dataset.file : ""
    this.querySelector("span").textContent = message.querySelector(".prose")?.innerText ?? wordless
  }

  #giveUp(event) {
    event.preventDefault()
    this.#take()
    this.#field.focus()
  }

  #leave(event) {
    if (event.key === "Escape" && !this.hidden && !event.defaultPrevented && !event.isComposing) this.#giveUp(event)
  }

  get #field() {
    return this.closest("form").querySelector("textarea")
  }

  #messageOf(id) {
    const message = document.getElementById(`message-${id}`)
    const list = message?.closest(".messages")
    return list?.id === `channel:${this.closest("[channel]").getAttribute("channel")}` ? message : null
  }
})
