// When an open list looks, and at what: every few seconds at most, a thousand lists over a second; not
// while nobody sees the page. What the server cannot say just now is looked at when it says so.
//
//   new Looking(look, pace, spread)   look(ids, fresh) is a promise; it throws NotNow as pageAt() does
//   begin() · end()
//   ask(ids)                          what may be another by now; "" is all that has no id
//   changed(id)                       something has happened there: when it is looked at, it is fresh

import { NotNow } from "../html.js"

const PACE = 3000 // ms between two looks
const SPREAD = 1000 // ms over which a thousand lists look

export class Looking {
  #look
  #pace
  #spread
  #due = new Set()
  #fresh = new Set() // of them, those in which something happened
  #next = 0
  #open = false
  #timer

  constructor(look, pace = PACE, spread = SPREAD) {
    this.#look = look
    this.#pace = pace
    this.#spread = spread
  }

  begin() {
    this.#open = true
    document.addEventListener("visibilitychange", this.#later)
  }

  end() {
    this.#open = false
    clearTimeout(this.#timer)
    document.removeEventListener("visibilitychange", this.#later)
  }

  changed(id) {
    this.#fresh.add(id)
    this.ask([id])
  }

  ask(ids) {
    for (const id of ids) this.#due.add(id)
    this.#later()
  }

  #later = () => {
    if (!this.#open || !this.#due.size || document.hidden) return
    this.#timer ??= setTimeout(this.#now, Math.max(0, this.#next - Date.now()) + this.#spread * Math.random())
  }

  #now = async () => {
    const ids = [...this.#due]
    const fresh = ids.filter((id) => this.#fresh.has(id))
    this.#due.clear()
    this.#fresh.clear()
    let wait = this.#pace
    try {
      await this.#look(ids, fresh)
    } catch (error) {
      if (!(error instanceof NotNow)) throw error
      for (const id of ids) this.#due.add(id)
      for (const id of fresh) this.#fresh.add(id)
      wait = Math.max(this.#pace, error.seconds * 1000) * (1 + Math.random())
    } finally {
      this.#next = Date.now() + wait
      this.#timer = undefined
      this.#later()
    }
  }
}
