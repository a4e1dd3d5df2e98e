// The rows of a list of channels, each with data-channel.
//
//   rowsIn(place)              by the ids of their channels
//   movedUp(list, order)       the ids that come earlier in this order than they stand in the list
//   endRow(row)                of a channel that its reader may not see any more
//   sumFolders(place)          beside the name of each folder stands what waits in it
//   tellNew(link, count)       so many stand elsewhere by now, or are not here
//   showUnread(page)           the number in the bar, as it is in that page
//   showInOrder(place, href)   as it is now, folders open as they were; true once it is shown

import { pageAt } from "../html.js"
import { say } from "../words.js"

export function rowsIn(place) {
  return new Map([...place.querySelectorAll("[data-channel]")].map((row) => [row.dataset.channel, row]))
}

export function movedUp(list, order) {
  let here = [...rowsIn(list).keys()]
  return order.filter((id) => {
    const moved = id !== here[0]
    here = here.filter((other) => other !== id)
    return moved
  })
}

// It keeps its place.
export function endRow(row) {
  const link = row?.querySelector("a")
  if (!link) return
  link.replaceWith(link.textContent)
  row.querySelector(".channel-last").textContent = say("revoked")
  row.querySelector(".channel-count").replaceChildren()
  row.classList.remove("channel-row-new")
}

export function sumFolders(place) {
  for (const folder of place.querySelectorAll(".folder:has(.channel-rows)")) {
    const counts = [...folder.querySelectorAll(".channel-count > .unread")].map(({ firstChild }) => Number(firstChild.data))
    const sum = folder.querySelector("summary .unread")
    sum.firstChild.data = counts.reduce((one, other) => one + other, 0)
    sum.hidden = sum.firstChild.data === "0"
  }
}

export function tellNew(link, count) {
  link.hidden = !count
  link.textContent = count === 1 ? link.dataset.one : link.dataset.many.replace("#", count)
}

export function showUnread(page) {
  const badge = page.getElementById("unread-channels")
  if (badge) document.getElementById("unread-channels")?.replaceWith(document.adoptNode(badge))
}

export async function showInOrder(place, href) {
  const page = await pageAt(href).catch(() => location.assign(href))
  const now = page?.getElementById(place.id)
  if (!now) return false
  const open = new Set([...place.querySelectorAll(".folder[open]")].map(nameOf))
  place.replaceChildren(...document.adoptNode(now).childNodes)
  for (const folder of place.querySelectorAll(".folder")) folder.open = open.has(nameOf(folder))
  place.dispatchEvent(new CustomEvent("shown", { bubbles: true, detail: { fresh: false } }))
  return true
}

// What stands beside it counts; the choice of places has no heading.
function nameOf(folder) {
  return (folder.querySelector("summary > h2") ?? folder.firstElementChild).textContent
}
