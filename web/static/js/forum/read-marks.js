// <read-marks stream="topic:5">: tells how far the member has read, by which posts were on screen.

import { reached } from "../reading.js"

customElements.define("read-marks", class extends HTMLElement {
  connectedCallback() {
    this.#watcher = new IntersectionObserver((entries) => entries.forEach(this.#look), { threshold: [0, 0.5, 1] })
    this.addEventListener("shown", this.#watch)
    this.#watch({ target: this })
  }

  disconnectedCallback() {
    this.#watcher.disconnect()
    this.removeEventListener("shown", this.#watch)
  }

  #watcher

  #watch = ({ target }) => {
    for (const post of [target, ...target.querySelectorAll(".post")]) {
      if (post.dataset.seq) this.#watcher.observe(post)
    }
  }

  // Half of a post, or its end where it is taller than the screen.
  #look = ({ target, isIntersecting, intersectionRatio, boundingClientRect }) => {
    if (!isIntersecting || (intersectionRatio < 0.5 && boundingClientRect.bottom > innerHeight)) return
    this.#watcher.unobserve(target)
    reached(this.getAttribute("stream"), Number(target.dataset.seq))
  }
})
