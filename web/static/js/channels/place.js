// Where the reader is in a log. It is laid out from its end, so what is put above moves nothing; what is
// put below or taken away would.
//
//   const place = new Place(log)
//   place.hold()    it stands where it stood, but for what they scrolled themselves since
//   place.restore() the same, after a cut in the same turn: what was scrolled since, the browser did
//   place.note()    this is what they look at now
//   place.message   the first message they see

export class Place {
  #log
  #id
  #end // of that message on the screen, when it was noted: its head may go when one comes above
  #scrolled // and how far the log was scrolled

  constructor(log) {
    this.#log = log
  }

  get message() {
    return document.getElementById(this.#id)
  }

  note() {
    const found = this.#first()
    const end = found?.getBoundingClientRect().bottom
    if (found?.id !== this.#id || Math.abs(end - this.#end) >= 1) this.#end = end // else parts of a pixel add up
    this.#id = found?.id
    this.#scrolled = this.#log.scrollTop
  }

  hold() {
    this.#end -= this.#log.scrollTop - this.#scrolled
    this.restore()
  }

  restore() {
    const end = this.message?.getBoundingClientRect().bottom
    if (end === undefined) return
    const moved = end - this.#end
    if (Math.abs(moved) >= 1) this.#log.scrollTop += moved
    this.#scrolled = this.#log.scrollTop // by us, not by them
  }

  // The first whose end is on the screen, by halves: asking each of three hundred takes long.
  #first() {
    const edge = this.#log.getBoundingClientRect().top
    const all = this.#log.querySelector(".messages")?.children ?? []
    let [from, to] = [0, all.length]
    while (from < to) {
      const middle = (from + to) >> 1
      if (endOf(all, middle) <= edge) from = middle + 1
      else to = middle
    }
    while (from < all.length && !all[from].dataset.seq) from++
    return all[from]
  }
}

// What is hidden ends where its neighbour does.
function endOf(all, index) {
  while (index > 0 && all[index].hidden) index--
  return all[index].getBoundingClientRect().bottom
}
