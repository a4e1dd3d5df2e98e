// Carries the files of messages that wait to the server, before the message itself is said: in its bubble
// one sees how far they are. What was sent with the key of its message is there once, however often it is sent.
//
//   carry(message)   { key, channel, enclosed }; then the message has `file` and `words`, and may be said
//
// It tells so: event "carried" on the document, {detail: {key, number, percent, sentence}} of one file.
// Without a line it tries again by and by; what the server will never take fails with its reason.

import { jitter } from "./line.js"
import { change, waiting } from "./outbox.js"
import { how, SendingFiles } from "./sending-files.js"

const LONGEST = 60_000 // ms between two tries

let underWay // the key of the message whose files are sent
let later // timer: the next try
let patience = 2000
const there = new Map() // key → ids of its files by number, undefined where one is not there yet

export function carry({ key, channel, enclosed }) {
  if (underWay) return
  underWay = key
  clearTimeout(later)
  const ids = there.get(key) ?? []
  there.set(key, ids)
  const sending = new SendingFiles(() => [`/channels/${channel}/files`, { key }], (row) => moved(key, sending, row))
  for (const [number, { given }] of enclosed.entries()) if (!ids[number]) sending.add(given, number)
  if (!sending.rows.length) arrived(key)
}

function moved(key, sending, row) {
  const message = waiting().find((one) => one.key === key)
  if (!message) return gone(key, sending)
  if (row.answer) there.get(key)[row.line] = JSON.parse(row.answer)[0].file
  tell({ key, number: row.line, ...stateOf(row) })
  if (sending.underWay || underWay !== key) return
  if (!sending.rows.length) arrived(key)
  else failed(key, sending.rows)
}

function stateOf(row) {
  if (row.answer) return { percent: 100, sentence: "" }
  return { percent: row.trouble === undefined ? row.percent ?? 0 : 0, sentence: how(row) }
}

function arrived(key) {
  const { enclosed } = waiting().find((one) => one.key === key)
  const file = there.get(key)
  end(key)
  patience = 2000
  change(key, { file, words: enclosed.map(({ words }) => words), reason: "" })
}

function failed(key, rows) {
  underWay = undefined
  const final = rows.find((row) => row.final)
  if (final) return change(key, { failed: true, reason: how(final) })
  patience = Math.min(patience * 2, LONGEST)
  const wait = patience + jitter(patience)
  later = setTimeout(() => change(key, {}), wait) // whoever sends looks what waits, and comes here again
  change(key, { reason: how(rows[0]) })
}

// Discarded, or said by another tab.
function gone(key, sending) {
  if (underWay !== key) return
  end(key)
  sending.end()
}

function end(key) {
  underWay = undefined
  there.delete(key)
}

function tell(detail) {
  document.dispatchEvent(new CustomEvent("carried", { detail }))
}
