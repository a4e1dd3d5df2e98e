// What stands between messages: days, and groups of one voice.
//
//   tidy(list)         all of it
//   tidyAt(message)    around one that was put in: it, and the one after it

import { clockOf, longDayOf } from "../local-time.js"

const TOGETHER = 10 * 60 * 1000 // ms within which one voice goes on without its name
const TIME = ".message-foot time" // when it was said: its thread has a time, too

const times = new WeakMap() // message → { moment, day }: to write a day takes long

export function tidy(list) {
  let before
  for (const message of list.querySelectorAll(":scope > .message[data-seq]")) {
    arrange(message, before)
    before = message
  }
}

export function tidyAt(message) {
  const before = neighbour(message, "previousElementSibling")
  const next = neighbour(message, "nextElementSibling")
  const here = message.matches(".message") // else it became part of a topic
  if (here) arrange(message, before)
  if (next) arrange(next, here ? message : before)
}

function neighbour(message, side) {
  let other = message[side]
  while (other && !other.matches(".message[data-seq]")) other = other[side]
  return other
}

function arrange(message, before) {
  const newDay = !before || timeOf(before).day !== timeOf(message).day
  divide(message, newDay)
  message.classList.toggle("again", !newDay && goesOn(before, message))
  shorten(message)
}

function divide(message, newDay) {
  const divider = dividerOf(message)
  if (!newDay) return divider?.remove()
  const text = timeOf(message).day
  if (!divider) addDivider(message, text)
  else if (divider.textContent !== text) divider.textContent = text
}

function dividerOf(message) {
  const place = placeOf(message).previousElementSibling
  return place?.matches(".day") ? place : null
}

function addDivider(message, text) {
  const divider = document.createElement("li")
  divider.className = "day"
  divider.ariaLive = "off" // a message says its time
  divider.textContent = text
  placeOf(message).before(divider)
}

// The line before the first unread stands between the day and its message.
function placeOf(message) {
  const line = message.previousElementSibling
  return line?.matches(".unread-line") ? line : message
}

function goesOn(before, message) {
  const between = message.previousElementSibling !== before
  const soon = timeOf(message).moment - timeOf(before).moment < TOGETHER
  return !between && soon && before.dataset.voice === message.dataset.voice
}

// The day stands above; in its foot the time is enough. The whole is in the title.
function shorten(message) {
  const time = message.querySelector(TIME)
  if (!time || time.title) return
  time.title = time.textContent
  time.textContent = clockOf(timeOf(message).moment)
}

function timeOf(message) {
  const known = times.get(message)
  if (known) return known
  const moment = new Date(message.querySelector(TIME).dateTime)
  const found = { moment, day: longDayOf(moment) }
  times.set(message, found)
  return found
}
