// Shows this page as it is now, without taking away what somebody is writing.
//
//   renew()        fetches the page again and replaces what is inside each <live-stream>, with its rev,
//                  and the parts
//   renewStream(shown, page)   of another page of ours, too
//   renewParts()   only the parts: each element with an id whose data-live differs ("open", "closed"); it tells
//                  so: event "renewed" on the document
//   keepingFocus(change) · focusAgain(was)   where it was, or on what stands for that now
//
// Inside them, elements with an id and data-keep stay: a reply that is being written.

import { NotThere, pageAt } from "./html.js"

const SAME = ["name", "value", "href", "class"] // by which a button or a link is known again
const MENU = "details.menu"

let going

export function renew() {
  going ??= renewAll().finally(() => (going = undefined))
  return going
}

export async function renewParts() {
  const page = await fetched()
  for (const shown of document.querySelectorAll("[data-live][id]")) renewPart(shown, page)
  document.dispatchEvent(new CustomEvent("renewed"))
  return page
}

async function renewAll() {
  const page = await renewParts()
  document.body.dataset.epoch = page.body.dataset.epoch ?? ""
  for (const shown of document.querySelectorAll("live-stream")) renewStream(shown, page)
}

async function fetched() {
  try {
    return await pageAt(location.href)
  } catch (error) {
    if (error instanceof NotThere) location.reload() // it says itself why
    throw error
  }
}

export function renewStream(shown, page) {
  const now = page.querySelector(`live-stream[stream="${CSS.escape(shown.stream)}"]`)
  if (!now) return
  keepingFocus(() => {
    keepWriting(shown, now)
    shown.replaceChildren(...now.childNodes)
  })
  shown.rev = Number(now.getAttribute("rev"))
  shown.epoch = page.body.dataset.epoch
  shown.dispatchEvent(new CustomEvent("shown", { bubbles: true, detail: { fresh: false } }))
}

function renewPart(shown, page) {
  const now = page.getElementById(shown.id)
  if (!now) return shown.remove()
  if (now.dataset.live === shown.dataset.live) return
  keepingFocus(() => {
    keepWriting(shown, now)
    shown.replaceWith(document.adoptNode(now))
  })
}

// Replacing an element must not take away what is being written in it, nor close a menu under the finger.
export function keepWriting(shown, next) {
  if (shown.querySelector(MENU)?.open) next.querySelector(MENU)?.toggleAttribute("open", true)
  for (const kept of shown.querySelectorAll("[data-keep][id]")) {
    const place = next.querySelector(`#${CSS.escape(kept.id)}`)
    if (place) place.replaceWith(kept)
    else next.append(kept)
  }
}

export function keepingFocus(change) {
  const focused = document.activeElement ?? document.body
  change()
  focusAgain(focused)
}

// What was replaced still knows the element with an id that it stood in.
export function focusAgain(focused) {
  if (focused === document.activeElement) return
  const within = focused.closest("[id]")?.id
  const there = focused.isConnected ? focused : counterpart(focused, document.getElementById(within))
  if (there?.tabIndex < 0) there.tabIndex = -1 // a post that one moved to by a key
  there?.focus({ preventScroll: true })
}

// What stands for it now inside `place`: the same link, the same button, or the place as a whole.
function counterpart(gone, place) {
  const same = (one) => SAME.every((name) => one.getAttribute(name) === gone.getAttribute(name))
  const all = gone.id || !place ? [] : [...place.querySelectorAll(gone.localName)]
  return all.find(same) ?? place
}
