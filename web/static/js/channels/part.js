// Which part of the talk stands in the page: from the seq in data-from to the one in data-to, where that
// is not the end. What comes next there is loaded when the reader comes near or presses its link; it is
// history: nobody is told of it, and the reader stays where they are.
//
//   loadWhenNear(log, signal)   from now on; it tells so: event "loaded" on the list, bubbling
//   loadNewest(log)             the end of the talk in place of what stands there
//   isTooLong(list)             more than MOST messages stand there, and none is being put in
//   trim(list, read)            no more than MOST messages; those farthest from the one that is read go
//   lastOf(list)                its last message
//
// What went away is not kept: it may be changed or hidden by the time it is looked at again.

import { pageAt } from "../html.js"
import { number, putEntry } from "../frames.js"
import { behind } from "../live.js"
import { renewStream } from "../renew.js"
import { afterFrame } from "./frame.js"
import { tidyAt } from "./tidying.js"

const MOST = 300 // messages in the page
const NEAR = "400px 0px" // from an end of what is there
const AT_ONCE = 5 // messages put in one turn of a slow phone

export function loadWhenNear(log, signal) {
  const near = new IntersectionObserver((seen) => {
    for (const { isIntersecting, target } of seen) if (isIntersecting) load(target, near)
  }, { root: log, rootMargin: NEAR })
  const watch = () => {
    near.disconnect()
    for (const link of log.querySelectorAll(":is(.older, .newer) > [rel]")) near.observe(link)
  }
  log.addEventListener("shown", ({ target }) => target.id.startsWith("message-") || watch(), { signal })
  log.addEventListener("click", (event) => {
    const link = event.target.closest(":is(.older, .newer) > [rel]")
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    load(link, near)
  }, { signal })
  signal.addEventListener("abort", () => near.disconnect())
  watch()
}

export async function loadNewest(log) {
  const page = await pageAt(location.pathname)
  const stream = log.querySelector("live-stream")
  const rev = Number(page.querySelector("live-stream").getAttribute("rev"))
  const shown = Math.max(stream.rev, rev)
  history.replaceState(history.state, "", location.pathname)
  renewStream(stream, page)
  stream.rev = shown
  behind(stream, rev)
}

// As long as a part is being put in, cutting it off again would leave a hole.
export function isTooLong(list) {
  return messagesOf(list).length > MOST && !list.querySelector(":scope > li > [rel][aria-busy]")
}

export function trim(list, read) {
  if (!isTooLong(list)) return
  const messages = messagesOf(list)
  const many = messages.length - MOST
  const at = messages.indexOf(read)
  const above = at < 0 ? many : Math.max(0, Math.min(many, at - (MOST >> 1)))
  if (above) cutBefore(list, messages[above])
  if (many > above) cutAfter(list, messages.at(above - many - 1))
  tellEnds(list)
}

export function lastOf(list) {
  let last = list.lastElementChild
  while (last && !isMessage(last)) last = last.previousElementSibling
  return last
}

async function load(link, near) {
  if (link.ariaBusy) return
  link.ariaBusy = "true"
  const page = await pageAt(link.href).catch(() => null) // no network: it can be pressed again
  const list = link.closest(".messages")
  if (page && list?.isConnected) await put(list, page, link.rel === "prev")
  link.ariaBusy = null
  list?.dispatchEvent(new CustomEvent("loaded", { bubbles: true }))
  near.unobserve(link)
  if (page && link.isConnected) near.observe(link)
}

// Nearest first, so that each has its place beside one that is there.
async function put(list, page, older) {
  const part = page.getElementById(list.id)
  const stream = list.closest("live-stream")
  const messages = messagesOf(part)
  if (older) messages.reverse()
  for (const [n, message] of messages.entries()) {
    if (n % AT_ONCE === 0) await afterFrame()
    if (!list.isConnected) return // the page was shown anew meanwhile
    extend(list, message)
    putEntry(list, message, false)
  }
  if (older) list.dataset.from = part.dataset.from
  else if (!part.dataset.to) delete list.dataset.to
  tellEnds(list)
  behind(stream, Number(page.querySelector("live-stream").getAttribute("rev")))
}

function extend({ dataset }, message) {
  dataset.from = Math.min(dataset.from, number(message, "seq"))
  if (dataset.to) dataset.to = Math.max(dataset.to, number(message, "seq"))
}

function tellEnds(list) {
  const { from, to } = list.dataset
  lead(list.querySelector(".older"), `?before=${from}`, from > 1)
  lead(list.querySelector(".newer"), `?after=${to}`, Boolean(to))
}

function lead(place, where, more) {
  place.firstElementChild.href = location.pathname + where
  place.hidden = !more
}

function cutBefore(list, first) {
  cut(list.querySelector(".older").nextElementSibling, first)
  list.dataset.from = first.dataset.seq
  tidyAt(first)
}

function cutAfter(list, last) {
  cut(last.nextElementSibling, list.querySelector(".newer"))
  list.dataset.to = last.dataset.seq
}

// From the one up to the other, which stays.
function cut(first, end) {
  const range = document.createRange()
  range.setStartBefore(first)
  range.setEndBefore(end)
  range.deleteContents()
}

function messagesOf(list) {
  return [...list.children].filter(isMessage)
}

function isMessage(element) {
  return "seq" in element.dataset
}
