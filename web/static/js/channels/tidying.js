// What stands between messages: days, and groups of one voice.

import { clockOf, longDayOf } from "../local-time.js"

const TOGETHER = 10 * 60 * 1000 // ms within which one voice goes on without its name

export function tidy(list) {
  let before
  for (const message of list.querySelectorAll(":scope > .message[data-seq]")) {
    const newDay = !before || dayOf(before) !== dayOf(message)
    divide(message, newDay)
    message.classList.toggle("again", !newDay && goesOn(before, message))
    shorten(message)
    before = message
  }
}

function divide(message, newDay) {
  const divider = dividerOf(message)
  if (!newDay) return divider?.remove()
  const text = dayOf(message)
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
  const soon = momentOf(message) - momentOf(before) < TOGETHER
  return !between && soon && before.dataset.voice === message.dataset.voice
}

// The day stands above; in its foot the time is enough. The whole is in the title.
function shorten(message) {
  const time = message.querySelector(".message-foot time")
  if (!time || time.title) return
  time.title = time.textContent
  time.textContent = clockOf(momentOf(message))
}

function dayOf(message) {
  return longDayOf(momentOf(message))
}

function momentOf(message) {
  return new Date(message.querySelector("time").dateTime)
}
