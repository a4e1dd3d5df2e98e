// <case-claim renewal="/cases/4/claim/renewal">: keeps the claim as long as this page is open.

const EVERY = 5 * 60_000 // ms; the lease is three times as long

customElements.define("case-claim", class extends HTMLElement {
  #timer

  connectedCallback() {
    this.#timer = setInterval(() => this.#renew(), EVERY)
  }

  disconnectedCallback() {
    clearInterval(this.#timer)
  }

  #renew() {
    // Without a network, or when it was taken over: the page learns that through the queue.
    fetch(this.getAttribute("renewal"), { method: "POST" }).catch(() => {})
  }
})
