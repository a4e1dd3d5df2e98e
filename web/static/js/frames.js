// Shows what the server says. The counterpart of web/frames.py: the same verbs.
//
//   put {stream, html}      an entry in its current state: in place of the one with its id, or where its
//                           data-seq belongs in the list with the id of the stream ("channel:7")
//                           {quoted}: in place of what stands in that list of it above those that answer it
//   put {target, html}      in place of the element with that id when the HTML bears it, else inside it
//   append {target, html} · remove {target} · refresh {target, within}
//
// An element that wants to do it its own way has a method put(element, fresh): the list of a stream
// (a tree of replies), or a target (who is typing). `fresh` is true for what is new now, false for
// history, catching up and edits: only what is fresh may be announced to screen readers.
// What was put tells so: event "shown", {detail: {fresh}}, on the element, bubbling. What is new behind
// the end of what is loaded is not put: event "beyond", {detail: the element}, on the list, bubbling.

import { elementFrom, pageAt } from "./html.js"
import { keepingFocus, keepWriting } from "./renew.js"

const waiting = new Set() // targets whose refresh has not begun

export const show = {
  put({ stream, target, html, quoted }, live = true) {
    const item = elementFrom(html)
    const place = document.getElementById(target ?? stream)
    if (!item || !place) return
    if (target) putInside(place, item)
    else putEntry(place, item, live)
    if (quoted) putQuotes(place, elementFrom(quoted))
  },

  append({ target, html }) {
    const item = elementFrom(html)
    document.getElementById(target)?.append(item)
    tell(item, true)
  },

  remove({ target }) {
    document.getElementById(target)?.remove()
  },

  // Its own version of the target, or of what is inside it: from data-src, or this page as it is now.
  // What is still to be fetched is fetched once, however often it is asked for.
  refresh({ target, within = 0 }) {
    if (waiting.has(target) || !document.getElementById(target)) return
    waiting.add(target)
    setTimeout(refreshed, within * 1000 * Math.random(), target)
  },
}

// Unless what is shown is as new, or it lies outside what is loaded (data-from, data-to).
export function putEntry(list, item, live) {
  const shown = document.getElementById(item.id)
  if (shown && number(shown, "rev") >= number(item, "rev")) return
  if (!shown && !isLoaded(list, number(item, "seq"))) return pass(list, item)
  const fresh = live && !shown
  keepingFocus(() => {
    if (shown) keepWriting(shown, item)
    if (list.put) list.put(item, fresh)
    else if (shown) shown.replaceWith(item)
    else insertInOrder(list, item)
  })
  tell(item, fresh)
}

// What answers it shows it anew, and is itself as it was.
function putQuotes(list, now) {
  for (const shown of list.querySelectorAll(`[data-quotes="${now.dataset.quotes}"]`)) {
    if (number(shown, "rev") >= number(now, "rev")) continue
    keepingFocus(() => shown.replaceWith(now.cloneNode(true)))
    tell(shown.closest("[data-seq]"), false)
  }
}

function pass(list, item) {
  const beyond = number(item, "seq") > Number(list.dataset.to)
  if (beyond) list.dispatchEvent(new CustomEvent("beyond", { bubbles: true, detail: item }))
}

// Most are the newest or, of an older part, the oldest, so the place is looked for at both ends.
export function insertInOrder(list, item) {
  const seq = number(item, "seq")
  const first = list.querySelector(":scope > [data-seq]")
  let before = number(first, "seq") > seq ? null : list.lastElementChild
  while (before && !isBefore(before, seq)) before = before.previousElementSibling
  before ??= list.querySelector(":scope > .older")
  if (before) before.after(item)
  else list.prepend(item)
}

function isLoaded({ dataset }, seq) {
  return seq >= Number(dataset.from ?? 0) && seq <= Number(dataset.to ?? Infinity)
}

export function number(item, name) {
  return Number(item?.dataset[name] ?? -1)
}

function isBefore(other, seq) {
  return "seq" in other.dataset && number(other, "seq") < seq
}

function putInside(place, item) {
  keepingFocus(() => {
    if (item.id === place.id) {
      keepWriting(place, item)
      place.replaceWith(item)
    } else if (place.put) place.put(item, true)
    else place.replaceChildren(item)
  })
  tell(item, true)
}

async function refreshed(target) {
  waiting.delete(target) // what is asked for from now on is newer than this answer
  const source = document.getElementById(target)?.dataset.src ?? location.href
  const page = await pageAt(source).catch(() => null) // gone or no network: what is shown stays
  const shown = document.getElementById(target)
  if (!page || !shown) return
  const item = page.getElementById(target)
  keepingFocus(() => {
    if (item) shown.replaceWith(document.adoptNode(item))
    else shown.replaceChildren(...page.body.childNodes)
  })
  tell(item ?? shown, false)
}

function tell(item, fresh) {
  item?.dispatchEvent(new CustomEvent("shown", { bubbles: true, detail: { fresh } }))
}
