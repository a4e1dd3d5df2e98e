// The keyboard map. The page /keyboard says what each key does, and `?` shows it. Never while
// somebody writes or a dialog is open; <keys-switch> turns them off in this browser (WCAG 2.1.4).

import { areOn } from "./keys-switch.js"
import { openPage } from "./page-dialog.js"

const PAUSE = 1500 // ms between g and where to go
const PLACES = { h: "/", t: "/topics", c: "/channels", a: "/announcements", n: "/notices" }
const POST = ".post[data-seq]"
const STOPS = `${POST}, .topic-title a` // what j and k go through

const deeds = {
  "?": () => openPage("/keyboard"),
  "/": search,
  g: () => (goesUntil = Date.now() + PAUSE),
  j: () => move(1),
  k: () => move(-1),
  r: reply,
  q: quote,
}

let goesUntil = 0

// Before others hear of it: a key that says where to go is not theirs.
document.addEventListener("keydown", (event) => {
  if (!areOn() || !isForUs(event)) return
  const place = Date.now() < goesUntil ? PLACES[event.key] : undefined
  goesUntil = 0
  if (!place && !means(event.key)) return
  event.preventDefault()
  event.stopImmediatePropagation()
  if (place) location.assign(place)
  else deeds[event.key]()
}, true)

function isForUs({ target, ctrlKey, metaKey, altKey, isComposing }) {
  const writing = target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")
  return !writing && !ctrlKey && !metaKey && !altKey && !isComposing && !document.querySelector("dialog[open]")
}

// Where there is nothing to go through or to reply to, these are for others: the queue of moderators has
// them, too, and the talk in a channel (channels/log-keys.js).
function means(key) {
  if ("jk".includes(key)) return stopsHere().length > 0
  if ("rq".includes(key)) return Boolean(document.querySelector(`${POST}, #reply`))
  return Object.hasOwn(deeds, key)
}

function stopsHere() {
  return [...document.querySelectorAll(STOPS)].filter((one) => one.checkVisibility())
}

function move(step) {
  const stops = stopsHere()
  const at = stops.indexOf(document.activeElement.closest(STOPS))
  const next = at < 0 ? stops.find(isBelowTheTop) : stops[at + step]
  if (!next) return
  if (next.matches(POST)) next.tabIndex = -1
  next.focus({ preventScroll: true })
  next.scrollIntoView({ block: next.matches(POST) ? "start" : "nearest" })
}

function isBelowTheTop(one) {
  return one.getBoundingClientRect().bottom > 80 // what lies higher is under the masthead
}

function reply() {
  const link = document.activeElement.closest(POST)?.querySelector(".post-reply")
  if (link?.checkVisibility()) link.click()
  else document.querySelector("#reply textarea")?.focus()
}

// What is selected, else the post as a whole.
function quote() {
  const selected = document.querySelector("quote-selection:not([hidden]) button")
  const post = document.activeElement.closest(POST)
  ;(selected ?? post?.querySelector(".post-quote"))?.click()
}

function search() {
  const box = document.querySelector("main input[type=search]") ?? document.querySelector("input[type=search]")
  if (box) box.focus()
  else document.querySelector('a[href="/search"]')?.click()
}
