// <position-bar>: says which post lies at the middle of the screen, of how many.
// Posts that come live, or are drawn anew, are watched as they are shown.

customElements.define("position-bar", class extends HTMLElement {
  #watcher

  connectedCallback() {
    this.#watcher = new IntersectionObserver((entries) => entries.forEach(this.#look), { rootMargin: "-50% 0px" })
    document.addEventListener("shown", this.#watch)
    this.#watch({ target: document.body })
  }

  disconnectedCallback() {
    this.#watcher.disconnect()
    document.removeEventListener("shown", this.#watch)
  }

  #watch = ({ target }) => {
    for (const post of [target, ...target.querySelectorAll(".post")]) {
      if (!post.matches(".post[data-seq]")) continue
      this.#watcher.observe(post)
      this.#say("total", Math.max(Number(post.dataset.seq), this.#said("total")))
    }
  }

  #look = ({ target, isIntersecting }) => {
    if (isIntersecting) this.#say("at", target.dataset.seq)
  }

  #said(name) {
    return Number(this.querySelector(`[data-${name}]`).textContent)
  }

  #say(name, number) {
    this.querySelector(`[data-${name}]`).textContent = number
    const bar = this.querySelector("progress")
    if (name === "at") bar.value = number
    else bar.max = number
  }
})
