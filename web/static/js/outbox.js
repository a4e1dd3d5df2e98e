// What was said and is not yet answered. It survives reloads and is sent with the same key for ever (D1).
//
//   put({channel, body, mandate})   keeps it and sends it
//   waiting(channel)                oldest first: {key, channel, body, mandate, at, reason, failed}
//   again(key) · drop(key)
//
// It tells so: event "outbox" on the document after every change, {detail: {key, acked}}.
// One tab of a browser sends, the one written in last: it holds the web lock, and may take it.
// One message is under way at a time, so they arrive in the order they were written.

import { forget, keep, kept, names, onOthers } from "./keeping.js"
import { jitter } from "./line.js"
import { on, receive, send } from "./live.js"
import { polling } from "./polling.js"

const LOCK = `outbox of ${document.body.dataset.member}`
const LONGEST = 60_000 // ms between two tries

let sender = false // whether this tab is the one that sends
let underWay // the key that waits for its answer
let later // timer: the next try
let patience = 1000

export function put(message) {
  const key = newKey()
  store({ ...message, key, at: Date.now() })
  become({ steal: true })
  deliver()
  return key
}

export function waiting(channel) {
  const all = names("outbox:").map(kept).filter((message) => message && (!channel || message.channel === channel))
  return all.toSorted((one, other) => one.at - other.at)
}

export function again(key) {
  const message = kept(`outbox:${key}`)
  if (!message) return
  store({ ...message, failed: false, reason: "" })
  become({ steal: true })
  deliver()
}

export function drop(key, acked = false) {
  forget(`outbox:${key}`)
  tell(key, acked)
}

export function open() {
  on("hello", restart)
  on("ack", ({ key }) => answered(key, () => drop(key, true)))
  on("refused", refused)
  onOthers("outbox:", (name) => {
    tell(name.slice("outbox:".length))
    deliver()
  })
  document.addEventListener("line", ({ detail }) => detail.state === "polling" && restart())
  become({})
}

function deliver() {
  const next = waiting().find((message) => !message.failed)
  if (!sender || underWay || later || !next) return
  if (polling()) post(next)
  else if (send(command(next))) underWay = next.key
}

function command({ key, channel, body, mandate }) {
  return { verb: "say", key, channel, body, ...(mandate && { mandate }) }
}

// The line is new: what was under way is sent again, with its key.
function restart() {
  underWay = undefined
  clearTimeout(later)
  later = undefined
  deliver()
}

function refused({ key, reason, final, retry_after: seconds }) {
  const message = kept(`outbox:${key}`)
  if (!message) return
  answered(key, () => store({ ...message, reason, failed: final }), !final && (seconds ? seconds * 1000 : backOff()))
}

function answered(key, change, wait = 0) {
  if (underWay === key) underWay = undefined
  change()
  if (wait) later = setTimeout(restart, wait)
  else patience = 1000
  deliver()
}

function backOff() {
  patience = Math.min(patience * 2, LONGEST)
  return 500 + jitter(patience)
}

// Where no socket is let through: the form's own way, answered in frames.
async function post({ key, channel, body, mandate }) {
  underWay = key
  const form = new URLSearchParams({ key, body, ...(mandate && { mandate }) })
  const headers = { accept: "application/json" }
  const answer = await fetch(`/channels/${channel}/messages`, { method: "POST", body: form, headers }).catch(() => null)
  if (isFrames(answer)) for (const frame of await answer.json()) receive(frame)
  else refused({ key, reason: "", final: [404, 413, 422].includes(answer?.status) })
}

function isFrames(answer) {
  return answer?.headers.get("content-type")?.startsWith("application/json") ?? false
}

// Whoever holds the lock sends. It may be taken; then we wait until it is free again.
function become({ steal = false }) {
  if (sender) return
  if (!navigator.locks) return void (sender = true)
  const held = () => new Promise(() => {
    sender = true
    restart()
  })
  navigator.locks.request(LOCK, { steal }, held).catch(() => {
    sender = false
    become({})
  })
}

function store(message) {
  keep(`outbox:${message.key}`, message)
  tell(message.key)
}

function tell(key, acked = false) {
  document.dispatchEvent(new CustomEvent("outbox", { detail: { key, acked } }))
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("")
}
