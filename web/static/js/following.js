// One stream as this page follows it: which change is next, what came too early, what to ask again.
// The rules are D5 and D6 of PROTOCOL.md; the view it keeps current is described in live.js.

import { show } from "./frames.js"
import { jitter, send } from "./line.js"

const GAPS = [200, 1000, 3000] // ms until we ask again for what is missing; then the page is shown anew
const LONGEST = 30_000 // ms between two tries to fetch the page

export class Following {
  #reading = false // asked, not yet caught up: every change counts
  #anew = false // the page is being fetched
  #tries = 0
  #held = new Map() // rev → the change that came before its turn
  #timer

  constructor(view) {
    this.view = view
  }

  get reading() {
    return this.#reading
  }

  set reading(reading) {
    this.#reading = reading
    this.view.ariaBusy = String(reading)
  }

  read() {
    const { stream, rev, epoch } = this.view
    this.reading = send({ verb: "watch", stream, rev, epoch })
  }

  put(frame) {
    if (this.#anew) this.#held.set(frame.rev, frame)
    else if (this.reading) show.put(frame, false)
    else if (frame.rev === this.view.rev + 1) this.#apply(frame)
    else if (frame.rev > this.view.rev) this.#hold(frame)
  }

  changed(rev) {
    if (rev > this.view.rev && !this.reading && !this.#anew) this.read()
  }

  back(rev) {
    if (rev >= this.view.rev) return
    this.view.rev = rev
    this.read()
  }

  caughtUp(rev) {
    if (this.#anew) return
    this.reading = false
    this.view.rev = Math.max(this.view.rev, rev)
    this.#takeHeld()
  }

  refused(reason, final) {
    this.reading = false
    if (final) this.end(reason)
    else setTimeout(() => this.read(), jitter(5000))
  }

  // The numbers do not hold, or too much was missed.
  async reset(wait = 1000) {
    if (this.#anew) return
    this.stop()
    this.#anew = true
    this.reading = false
    const shown = await this.view.reload().then(() => true, () => false)
    if (!shown) await new Promise((done) => setTimeout(done, jitter(wait)))
    this.#anew = false
    if (!shown) return this.reset(Math.min(wait * 2, LONGEST))
    this.#takeHeld()
    this.read()
  }

  end(reason) {
    this.stop()
    this.view.end(reason)
  }

  stop() {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#tries = 0
  }

  #apply(frame) {
    show.put(frame)
    this.view.rev = frame.rev
    this.#takeHeld()
  }

  #hold(frame) {
    this.#held.set(frame.rev, frame)
    if (!this.#timer) this.#askLater()
  }

  #takeHeld() {
    for (const rev of this.#held.keys()) if (rev <= this.view.rev) this.#held.delete(rev)
    const next = this.#held.get(this.view.rev + 1)
    if (next) this.#apply(next)
    else if (!this.#held.size) this.stop()
  }

  #askLater() {
    const last = this.#tries >= GAPS.length
    const wait = GAPS[last ? GAPS.length - 1 : this.#tries++]
    this.#timer = setTimeout(() => {
      if (last) return this.reset()
      this.read()
      this.#askLater() // stops once the hole is filled
    }, wait)
  }
}
