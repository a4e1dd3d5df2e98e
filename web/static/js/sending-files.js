// Files on their way to the draft at a place, one after the other: a phone has one thin line.
// fetch() does not say how much has left, so this asks as browsers did before it.
//
//   new SendingFiles(place, changed)   `place` says where, `changed` is called whenever one has moved on
//   .add(file, line)                   `line` is its own in the page
//   .rows                              those that are not there yet: { file, line, percent, trouble, html }
//   .drop(row)  .again(row)            cancelled; tried once more

export class SendingFiles {
  rows = []
  #place
  #changed

  constructor(place, changed) {
    this.#place = place
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
    asking.addEventListener("error", () => this.#failed(row, ""))
    const body = new FormData()
    body.set("place", this.#place())
    body.set("given", row.file)
    asking.open("POST", "/drafts/files")
    asking.send(body)
  }

  // A sentence is plain text; whatever else comes is a page about something else.
  #answered(row, asking) {
    const sentence = asking.getResponseHeader("content-type")?.startsWith("text/plain")
    if (asking.status !== 200) return this.#failed(row, sentence ? asking.responseText : "")
    row.html = asking.responseText
    this.#leave(row)
  }

  #failed(row, trouble) {
    Object.assign(row, { asking: undefined, trouble })
    this.#move(row)
  }

  #leave(row) {
    this.rows = this.rows.filter((other) => other !== row)
    this.#move(row)
  }
}
