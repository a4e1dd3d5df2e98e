// <announcement-banner> in #toasts: what an office has just published, until it is read or closed.
//
// It stays as long as the page does: nobody has to be quick to read it.

const MOST = 3 // at once; the oldest makes room, the bell counts it anyway

customElements.define("announcement-banner", class extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this)
    const shown = this.parentElement.querySelectorAll("announcement-banner")
    if (shown.length > MOST) shown[0].remove()
  }

  handleEvent({ target }) {
    if (target.closest("button, a")) this.remove()
  }
})
