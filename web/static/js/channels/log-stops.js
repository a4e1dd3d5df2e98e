// Which messages of a talk one goes through by keys, and what can be pressed in them (log-keys.js).
//
//   STOP             selects them
//   stopsOf(log)     those that are seen
//   isInSight(one)   whether some of it is
//   wake(one)        one is at it: it has a name, and what can be pressed in it is a stop of Tab
//   rest(place)      all else there: Tab goes past it

export const STOP = ":is(.messages, .held-messages) > :is(.message, .moved)"

// What waits for an answer is a stop for good: a message that was not sent, one that is edited or chosen.
const PART = ":is(a[href], button, summary, input, pre):not(.message-edit *, [data-do], .choice)"
const BEYOND = ":is(.older, .newer) > a"
const SAID = ".author > *, .bubble, .gone, .message-thread, .message-foot > :is(time, .pinned, .message-state, [data-when]:not([hidden]))"

export function stopsOf(log) {
  return [...log.querySelectorAll(STOP)].filter((one) => one.offsetHeight > 0)
}

export function isInSight(message) {
  const { top, bottom } = message.closest(".log").getBoundingClientRect()
  const own = message.getBoundingClientRect()
  return own.bottom > top && own.top < bottom
}

export function wake(message) {
  message.tabIndex = 0
  message.ariaLabel = wordsOf(message)
  for (const part of message.querySelectorAll(PART)) part.removeAttribute("tabindex")
}

export function rest(place) {
  for (const message of place.matches(STOP) ? [place] : place.querySelectorAll(STOP)) {
    if (message.contains(document.activeElement)) continue
    for (const part of message.querySelectorAll(PART)) part.tabIndex = -1
  }
  for (const link of place.querySelectorAll(BEYOND)) link.tabIndex = -1
}

// An item of a list has no name by what is in it, and what has the focus is named.
function wordsOf(message) {
  const said = [...message.querySelectorAll(SAID)].map((one) => one.textContent.trim().replaceAll(/\s+/g, " "))
  return said.filter(Boolean).join(", ")
}
