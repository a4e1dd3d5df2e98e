// The links "load older messages" and "load newer messages": pressed, or when the reader comes near, the
// messages of their page are put there. They are history: nobody is told of them, and the reader stays
// where they are. A link to a message that is here leads there without a page.

import { pageAt } from "../html.js"
import { putEntry } from "../frames.js"

const LINKS = ".older a, .newer [rel=next]"

const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) if (isIntersecting) load(target)
})

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  const link = event.target.closest(LINKS)
  const there = event.target.closest(".log a.quoted")
  if (link) load(link)
  else if (!there || !document.getElementById(there.hash.slice(1))) return
  else location.hash = there.hash
  event.preventDefault()
})

export function loadWhenNear(list) {
  for (const link of list.querySelectorAll(LINKS)) near.observe(link)
}

async function load(link) {
  if (link.ariaBusy) return
  link.ariaBusy = "true"
  const page = await pageAt(link.href).catch(() => null) // no network: it can be pressed again
  link.ariaBusy = null
  const list = link.closest(".messages") // none when the page was shown anew meanwhile
  if (page && list) put(list, page.getElementById(list.id), link.closest("li"))
}

function put(list, further, place) {
  near.unobserve(place.firstElementChild)
  if (place.matches(".older")) list.dataset.from = further.dataset.from
  else reachTo(list, further)
  for (const message of further.querySelectorAll(":scope > [data-seq]")) putEntry(list, message, false)
  const next = further.querySelector(`.${place.className}`)
  if (next) place.replaceWith(next)
  else place.remove()
  loadWhenNear(list)
}

// What came since that page was drawn was not put here, as it lay outside: it is asked for again.
function reachTo(list, further) {
  if (further.dataset.to) return void (list.dataset.to = further.dataset.to)
  delete list.dataset.to
  list.closest("live-stream").goOn(Number(further.closest("live-stream").getAttribute("rev")))
}
