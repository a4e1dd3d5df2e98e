// <channel-present id="present-channel:7">: who is here. Told anew, it stays open or closed as it was.
// The server is told whether anybody looks at this page: after a while nobody is here who does not.

import { on, send } from "../live.js"

let hiddenAt // when it was last looked at, while nobody does

customElements.define("channel-present", class extends HTMLElement {
  put(told) {
    this.querySelector("summary .num").textContent = told.dataset.count
    this.querySelector(".present-now").replaceWith(told)
  }
})

document.addEventListener("visibilitychange", attend)
on("hello", () => document.hidden && attend())

function attend() {
  const { hidden } = document
  hiddenAt = hidden ? hiddenAt ?? Date.now() : undefined
  send({ verb: "attend", hidden, ...(hidden && { since: Math.max(0, Math.round((Date.now() - hiddenAt) / 1000)) }) })
}
