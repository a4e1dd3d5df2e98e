// <own-words src="/posts/9/hidden">: what is hidden until somebody has looked, in its place, for its author. The
// row is drawn alike for everybody; only for its author is this shown (.of-author), comes near, and asks. What
// cannot be had keeps its link.

import { pageAt } from "../html.js"

const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) if (isIntersecting) target.ask()
})

customElements.define("own-words", class extends HTMLElement {
  connectedCallback() {
    near.observe(this)
  }

  disconnectedCallback() {
    near.unobserve(this)
  }

  async ask() {
    near.unobserve(this)
    const page = await pageAt(this.getAttribute("src")).catch(() => null)
    const words = page?.querySelector("#own-words")
    if (!words) return
    words.removeAttribute("id")
    this.prepend(document.adoptNode(words))
  }
})
