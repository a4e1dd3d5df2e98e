// Tells the server how far the member has read a stream. Not at every line: the first at once, then at
// most every five seconds, and when the page is left.
//
//   reached(stream, seq)   the reader has it before their eyes

import { on, send } from "./live.js"
import { polling } from "./polling.js"

const PACE = 5000 // ms

const reading = new Map() // stream → { seq, told, timer }

export function reached(stream, seq) {
  const its = reading.get(stream) ?? { seq: 0, told: 0 }
  reading.set(stream, its)
  its.seq = Math.max(its.seq, seq)
  if (!its.timer) tell(stream)
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
  if (!polling()) return send({ verb: "read", stream, seq })
  const [kind, id] = stream.split(":")
  fetch(`/${kind}s/${id}/reading`, { method: "POST", body: new URLSearchParams({ seq }), redirect: "manual" }).catch(() => {})
  return true
}

on("hello", () => reading.forEach((_its, stream) => tell(stream)))
addEventListener("pagehide", () => reading.forEach((_its, stream) => tell(stream)))
