// <case-changed case="4">: comes with every change of the queue (web/drawing.py) and says only which
// case. What this moderator may see of it the page fetches itself.
//
// A line of the queue is drawn anew in its place; a case that is not listed is counted, so that the
// list never moves under the reader; the page of a case takes over what has changed.

import { show } from "../frames.js"
import { pageAt } from "../html.js"
import { renew } from "../renew.js"

customElements.define("case-changed", class extends HTMLElement {
  connectedCallback() {
    const id = this.getAttribute("case")
    const shown = document.getElementById(`case-${id}`)
    if (shown?.dataset.src) show.refresh({ target: shown.id })
    else if (shown) renew().catch(() => {}) // no network: the stream asks again
    else if (document.querySelector(".new-cases")) announce(id)
  }
})

const unlisted = new Set()

// Only what this moderator may see, and what is still to be done.
async function announce(id) {
  const page = await pageAt(`/cases/${id}/row`).catch(() => null)
  const state = page?.getElementById(`case-${id}`)?.dataset.state
  if (state === "open") unlisted.add(id)
  else unlisted.delete(id)
  const line = document.querySelector(".new-cases")
  const words = line.querySelector("[data-one]")
  const { one, many } = words.dataset
  words.textContent = unlisted.size === 1 ? one : many.replace("{n}", unlisted.size)
  line.hidden = !unlisted.size
}
