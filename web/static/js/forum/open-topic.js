// A topic that is locked, or opened again, while one reads it: the place to reply goes, or comes. What
// somebody is writing stays, so that they can take it elsewhere. And the address that asks for what is not
// read yet (at=0) becomes that of the page it led to: while it is read, it would lead further.

import { renewParts } from "../renew.js"

const SCATTER = 2000 // ms over which the readers of a topic ask for it

document.addEventListener("shown", ({ target }) => {
  if (target.id === "stream-heading") setTimeout(renew, SCATTER * Math.random())
})

async function renew() {
  const composer = document.querySelector("#reply post-composer")
  composer?.toggleAttribute("data-keep", Boolean(composer.querySelector("textarea").value))
  await renewParts().catch(() => {}) // the next change, or the next visit, brings it
  composer?.toggleAttribute("data-keep", true)
  const { live } = document.getElementById("reply").dataset
  document.querySelector("reply-tree").toggleAttribute("data-closed", live === "closed")
}

const here = new URL(location)
if (here.searchParams.get("at") === "0") {
  here.searchParams.set("at", document.querySelector("reply-tree").dataset.from)
  history.replaceState(history.state, "", here)
}
