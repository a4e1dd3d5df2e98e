// <print-page>: a button that asks the browser to print, where there are scripts to ask with.

customElements.define("print-page", class extends HTMLElement {
  connectedCallback() {
    this.hidden = false
    this.addEventListener("click", print)
  }

  disconnectedCallback() {
    this.removeEventListener("click", print)
  }
})

function print() {
  window.print()
}
