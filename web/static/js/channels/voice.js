// What a screen reader reads out of a log: what comes is read if the log is polite in that turn of the
// browser. Of many at once only the number is told, beside it in #burst.
//
//   new Voice(log).tells(news)   of what comes right after this: whether it is news

import { say } from "../words.js"

const BURST = { messages: 3, within: 2000 } // more than these in so many ms are told as a number

export class Voice {
  #log
  #recent = [] // when the last ones came

  constructor(log) {
    this.#log = log
  }

  tells(news) {
    const live = news && !this.#isBurst() ? "polite" : "off"
    if (this.#log.ariaLive !== live) this.#log.ariaLive = live
  }

  #isBurst() {
    const now = Date.now()
    this.#recent = [...this.#recent.filter((at) => now - at < BURST.within), now]
    const many = this.#recent.length > BURST.messages
    if (many) document.getElementById("burst").textContent = say("new", { count: this.#recent.length })
    return many
  }
}
