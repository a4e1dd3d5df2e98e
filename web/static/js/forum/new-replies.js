// <new-replies>: says how many replies came that the reader has not had on screen, and leads to the
// first. Where the reader is, a reply shows itself.

customElements.define("new-replies", class extends HTMLElement {
  #waiting = new Map() // id of a post → its seq
  #watcher

  connectedCallback() {
    this.#watcher = new IntersectionObserver((entries) => entries.forEach(this.#look))
    document.addEventListener("arrived", this.#arrived)
    document.addEventListener("shown", this.#shown)
  }

  disconnectedCallback() {
    this.#watcher.disconnect()
    document.removeEventListener("arrived", this.#arrived)
    document.removeEventListener("shown", this.#shown)
  }

  #arrived = ({ detail: post }) => {
    if (post.dataset.author === document.body.dataset.member) return
    if (post.isConnected) return this.#watcher.observe(post)
    this.#waiting.set(post.id, Number(post.dataset.seq)) // on a later page
    this.#say()
  }

  // A post that is edited is drawn anew; one that was moved away does not wait any more.
  #shown = ({ target }) => {
    if (this.#waiting.delete(`post-${target.dataset.was}`)) this.#say()
    if (this.#waiting.has(target.id)) this.#watcher.observe(target)
  }

  #look = ({ target, isIntersecting }) => {
    if (isIntersecting) {
      this.#watcher.unobserve(target)
      this.#waiting.delete(target.id)
    } else if (target.isConnected) this.#waiting.set(target.id, Number(target.dataset.seq))
    this.#say()
  }

  #say() {
    const first = [...this.#waiting].reduce((one, other) => (one?.[1] < other[1] ? one : other), undefined)
    this.hidden = !first
    if (!first) return
    const [id, seq] = first
    const count = this.#waiting.size
    const link = this.querySelector("a")
    link.href = document.getElementById(id) ? `#${id}` : `?at=${seq}#${id}`
    link.querySelector("span").textContent = count === 1 ? this.dataset.one : this.dataset.many.replace("#", count)
  }
})
