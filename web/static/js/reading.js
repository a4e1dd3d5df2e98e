// Tells the server how far the member has read a stream. Not at every line: the first at once, then at
// most every five seconds, when the bell rings for what they are looking at, and when the page is left.
//
//   reached(stream, seq)   the reader has it before their eyes
//   tellAll()              what they have read is asked of the server next: it is told at once
//   forget(stream)         the reader wants it to be unread and leaves: nothing more is told of it; a
//                          form with data-unread="channel:7" says so by itself

import { on, send } from "./live.js"
import { polling } from "./polling.js"

const PACE = 5000 // ms
const RINGS = 1000 // ms within which what the bell rang for comes before their eyes

const left = new Set()
const reading = new Map() // stream → { seq, told, timer }
let rang = 0

export function reached(stream, seq) {
  if (left.has(stream)) return
  const its = reading.get(stream) ?? { seq: 0, told: 0 }
  reading.set(stream, its)
  its.seq = Math.max(its.seq, seq)
  if (!its.timer || Date.now() < rang + RINGS) tell(stream)
}

export function forget(stream) {
  clearTimeout(reading.get(stream)?.timer)
  reading.delete(stream)
  left.add(stream)
}

function tell(stream) {
  const its = reading.get(stream)
  clearTimeout(its.timer)
  its.timer = undefined
  if (its.seq <= its.told || !sent(stream, its.seq)) return
  its.told = its.seq
  its.timer = setTimeout(tell, PACE, stream)
}

function sent(stream, seq) {
  return polling() ? posted(stream, seq) : send({ verb: "read", stream, seq })
}

// Goes on when the page is gone. What it answers is of no use to anybody then.
function posted(stream, seq) {
  const [kind, id] = stream.split(":")
  const form = { method: "POST", body: new URLSearchParams({ seq }), redirect: "manual", keepalive: true }
  fetch(`/${kind}s/${id}/reading`, form).catch(() => {})
  return true
}

// Who leaves before the line stands has read all the same.
function leave() {
  for (const [stream, its] of reading) {
    if (its.seq > its.told && !sent(stream, its.seq)) posted(stream, its.seq)
  }
}

export function tellAll() {
  for (const stream of reading.keys()) tell(stream)
}

on("hello", tellAll)
on("put", ({ target }) => {
  if (target !== "bell") return
  rang = Date.now()
  tellAll()
})
addEventListener("pagehide", leave)
document.addEventListener("submit", ({ target }) => target.dataset.unread && forget(target.dataset.unread))
