// <position-bar>: says which post lies at the middle of the screen, or begins above it, of how many.
// The way to the first unread post goes once that is on screen.
// Posts that come live, or are drawn anew, are watched as they are shown.

customElements.define("position-bar", class extends HTMLElement {
  #watcher
  #unread

  connectedCallback() {
    this.#watcher = new IntersectionObserver(this.#look, { rootMargin: "-50% 0px" })
    document.addEventListener("shown", this.#watch)
    this.#watch({ target: document.body })
    this.#unread = new IntersectionObserver(this.#meet)
    const way = this.querySelector('a[href="#unread"]') // elsewhere it leads to another page
    const line = way && document.getElementById("unread")
    if (line) this.#unread.observe(line)
  }

  disconnectedCallback() {
    this.#watcher.disconnect()
    this.#unread.disconnect()
    document.removeEventListener("shown", this.#watch)
  }

  #watch = ({ target }) => {
    for (const post of [target, ...target.querySelectorAll(".post")]) {
      if (!post.matches(".post[data-seq]")) continue
      this.#watcher.observe(post)
      this.#say("total", Math.max(Number(post.dataset.seq), this.#said("total")))
    }
  }

  #look = () => {
    const posts = [...document.querySelectorAll(".post[data-seq]")]
    const begun = posts.filter((post) => post.getBoundingClientRect().top <= innerHeight / 2)
    this.#say("at", (begun.at(-1) ?? posts[0]).dataset.seq)
  }

  #meet = ([{ isIntersecting }]) => {
    if (isIntersecting) this.querySelector("a")?.remove()
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
