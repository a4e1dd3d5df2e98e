// Files on their way to the server, one after the other: a phone has one thin line.
// fetch() does not say how much has left, so this asks as browsers did before it.
//
//   new SendingFiles(to, changed)   `to` answers the address and the fields that go along, `changed` is
//                                   called whenever one has moved on
//   .add(file, line, trouble)       `line` is its own in the page, or whatever it is known by
//   .rows                           those that are not there yet: { file, line, percent, trouble, final, answer }
//   .drop(row)  .again(row)         cancelled; tried once more
//   how(row)                        that in words

import { say } from "./words.js"

const FINAL = new Set([403, 404, 413, 422]) // it would be answered the same again

export class SendingFiles {
  rows = []
  #to
  #changed

  constructor(to, changed) {
    this.#to = to
    this.#changed = changed
  }

  get underWay() {
    return this.rows.some(({ trouble }) => trouble === undefined)
  }

  // `trouble` is known already where there is no use in sending it.
  add(file, line, trouble) {
    const row = { file, line, trouble }
    this.rows.push(row)
    this.#move(row)
  }

  again(row) {
    Object.assign(row, { trouble: undefined, percent: undefined })
    this.#move(row)
  }

  drop(row) {
    row.asking?.abort()
    this.#leave(row)
  }

  end() {
    for (const row of this.rows) row.asking?.abort()
  }

  #move(row) {
    this.#changed(row)
    const next = this.rows.find(({ trouble }) => trouble === undefined)
    if (next && !next.asking) this.#send(next)
  }

  #send(row) {
    const asking = (row.asking = new XMLHttpRequest())
    asking.upload.addEventListener("progress", ({ loaded, total }) => {
      row.percent = Math.floor((100 * loaded) / total)
      this.#changed(row)
    })
    asking.addEventListener("load", () => this.#answered(row, asking))
    asking.addEventListener("error", () => this.#failed(row, "", false))
    const [address, fields] = this.#to()
    const body = new FormData()
    for (const [name, value] of Object.entries(fields)) body.set(name, value)
    body.set("given", row.file)
    asking.open("POST", address)
    asking.send(body)
  }

  // A sentence is plain text; whatever else comes is a page about something else.
  #answered(row, asking) {
    const sentence = asking.getResponseHeader("content-type")?.startsWith("text/plain")
    if (asking.status !== 200) return this.#failed(row, sentence ? asking.responseText : "", FINAL.has(asking.status))
    row.answer = asking.responseText
    this.#leave(row)
  }

  #failed(row, trouble, final) {
    Object.assign(row, { asking: undefined, trouble, final })
    this.#move(row)
  }

  #leave(row) {
    this.rows = this.rows.filter((other) => other !== row)
    this.#move(row)
  }
}

export function how({ percent, trouble }) {
  if (trouble !== undefined) return trouble || say("file-cut")
  if (percent === undefined) return say("file-waits")
  return percent < 100 ? say("file-sending", { percent }) : say("file-making")
}
