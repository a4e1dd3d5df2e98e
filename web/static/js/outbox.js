// What was said and is not yet answered. It survives reloads and keeps its key for ever (D1).
//
//   put({channel, body, …})      keeps it, to be sent; what else stands there goes along to the server
//   waiting(channel)             oldest first: {key, channel, body, …, at, reason, failed, loose, ask, meant}:
//                              what its author is asked about it, and what it is sent with if they mean it;
//                              `where` is how its channel was called, for when it is not seen any more
//   again(key)                   what failed is to be tried once more
//   mean(key)                    the same of what its author was asked about, and means
//   change(key, more)            of what is known of it: why it waits, that it failed
//   drop(key, acked)             `acked` is "sent", or "held" where a moderator sees it first
//   load()                       what the shelf holds by now
//
// It tells so: event "outbox" on the document after every change, {detail: {key, acked, wanted}}; wanted
// is what the member has just asked to be sent. Each tab knows all of them: from the shelf when it begins,
// from the others in between. `loose` is what the browser would not store: it lives as long as its page,
// which says so when it is left. Which tab sends is in sender.js.

import { shelve, shelved, unshelve } from "./shelf.js"

const messages = new Map() // key → message; `loose` is undefined while it is on its way to the shelf
const others = globalThis.BroadcastChannel && new BroadcastChannel(`outbox of ${document.body.dataset.member}`)

others?.addEventListener("message", ({ data: { message, gone } }) => (gone ? forget(gone) : note(message)))
addEventListener("beforeunload", (event) => waiting().some(({ loose }) => loose) && event.preventDefault())

export function put(said) {
  return want({ ...said, key: newKey(), at: Math.max(Date.now(), ...waiting().map(({ at }) => at + 1)) })
}

export function waiting(channel) {
  const all = [...messages.values()].filter((message) => !channel || message.channel === channel)
  return all.toSorted((one, other) => one.at - other.at)
}

export function again(key, more) {
  const message = messages.get(key)
  return message && want({ ...message, failed: false, reason: "", ...more })
}

export function mean(key) {
  return again(key, { knowing: messages.get(key)?.meant, ask: "" })
}

export function change(key, more) {
  const message = messages.get(key)
  if (message) store({ ...message, ...more })
}

export function drop(key, acked) {
  unshelve(key)
  forget(key, acked)
  others?.postMessage({ gone: key })
}

export async function load() {
  const found = await shelved()
  const keys = new Set(found.map(({ key }) => key))
  for (const { key, loose } of waiting()) if (loose === false && !keys.has(key)) forget(key)
  for (const message of found) note(message)
}

async function want(message) {
  await store(message)
  tell({ key: message.key, wanted: true })
}

// Before the first attempt it is stored, where that can be done.
async function store(message) {
  note(message)
  const loose = !(await shelve({ ...message, loose: false }))
  if (!messages.has(message.key)) return
  note({ ...message, loose })
  others?.postMessage({ message: { ...message, loose } })
}

function note(message) {
  messages.set(message.key, message)
  tell({ key: message.key })
}

function forget(key, acked) {
  messages.delete(key)
  tell({ key, acked })
}

function tell(detail) {
  document.dispatchEvent(new CustomEvent("outbox", { detail }))
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}
