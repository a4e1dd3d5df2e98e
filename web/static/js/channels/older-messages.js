// The link "load older messages": pressed, or when the reader comes near, its page's messages are put
// above. They are history: nobody is told of them, and the reader stays where they are.

import { pageAt } from "../html.js"
import { putEntry } from "../frames.js"

const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) if (isIntersecting) load(target)
})

document.addEventListener("click", (event) => {
  const link = event.target.closest(".older a")
  if (!link) return
  event.preventDefault()
  load(link)
})

export function loadWhenNear(list) {
  const link = list.querySelector(".older a")
  if (link) near.observe(link)
}

async function load(link) {
  if (link.ariaBusy) return
  link.ariaBusy = "true"
  const page = await pageAt(link.href).catch(() => null) // no network: it can be pressed again
  link.ariaBusy = null
  const list = link.closest(".messages") // none when the page was shown anew meanwhile
  if (page && list) put(list, page.getElementById(list.id), link.closest(".older"))
}

function put(list, older, place) {
  near.unobserve(place.firstElementChild)
  list.dataset.from = older.dataset.from
  for (const message of older.querySelectorAll(":scope > [data-seq]")) putEntry(list, message, false)
  const next = older.querySelector(".older")
  if (next) place.replaceWith(next)
  else place.remove()
  loadWhenNear(list)
}
