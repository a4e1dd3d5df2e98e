// <read-marks stream="topic:5">: tells how far the member has read. A post counts once it was on screen
// for a moment. What is told is the farthest seq up to which every post of this page counts, so that
// a late reply far up in the tree does not take along what nobody has looked at.
//
// Who marks a post unread leaves the page; nothing is told after that.

import { forget, reached } from "../reading.js"

const DWELL = 1000 // ms

customElements.define("read-marks", class extends HTMLElement {
  #watcher
  #dwelling = new Map() // posts on screen → timer
  #seen = new Set() // their seqs: an edited post is another element

  connectedCallback() {
    this.#watcher = new IntersectionObserver((entries) => entries.forEach(this.#look), { threshold: [0, 0.5, 1] })
    this.addEventListener("shown", this.#watch)
    this.addEventListener("submit", this.#leave)
    document.addEventListener("visibilitychange", this.#turn)
    this.#watch({ target: this })
  }

  disconnectedCallback() {
    this.#stop()
    this.removeEventListener("shown", this.#watch)
    this.removeEventListener("submit", this.#leave)
    document.removeEventListener("visibilitychange", this.#turn)
  }

  #watch = ({ target }) => {
    for (const post of [target, ...target.querySelectorAll(".post")]) {
      if (post.dataset.seq && !this.#seen.has(seqOf(post))) this.#watcher.observe(post)
    }
  }

  // Half of a post, or its end where it is taller than the screen.
  #look = ({ target, isIntersecting, intersectionRatio, boundingClientRect }) => {
    const there = isIntersecting && (intersectionRatio >= 0.5 || boundingClientRect.bottom <= innerHeight)
    if (!there) this.#away(target)
    else if (!this.#dwelling.has(target)) this.#dwell(target)
  }

  #dwell(post) {
    this.#dwelling.set(post, document.hidden ? undefined : setTimeout(this.#count, DWELL, post))
  }

  #away(post) {
    clearTimeout(this.#dwelling.get(post))
    this.#dwelling.delete(post)
  }

  // Nobody reads in a window that is not shown.
  #turn = () => {
    for (const [post, timer] of this.#dwelling) {
      clearTimeout(timer)
      this.#dwell(post)
    }
  }

  #count = (post) => {
    this.#away(post)
    this.#watcher.unobserve(post)
    this.#seen.add(seqOf(post))
    const seqs = [...this.querySelectorAll(".post[data-seq]:not(.mine)")].map(seqOf)
    const left = Math.min(...seqs.filter((seq) => !this.#seen.has(seq)))
    const before = seqs.filter((seq) => seq < left)
    if (before.length) reached(this.getAttribute("stream"), Math.max(...before))
  }

  #leave = ({ target }) => {
    if (!target.matches("[data-unread]")) return
    this.#stop()
    forget(this.getAttribute("stream"))
  }

  #stop() {
    this.#watcher.disconnect()
    for (const post of this.#dwelling.keys()) this.#away(post)
  }
})

function seqOf({ dataset }) {
  return Number(dataset.seq)
}
