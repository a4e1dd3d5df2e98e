// Sends what waits in the outbox. One tab of a browser does, the one before the member's eyes: it holds
// the web lock, and may take it. One message is under way at a time, so they arrive as they were written.

import { jitter, state } from "./line.js"
import { on, receive, send } from "./live.js"
import { change, drop, load, waiting } from "./outbox.js"
import { polling } from "./polling.js"
import { fetched } from "./when-needed.js"
import { say } from "./words.js"

const { member } = document.body.dataset
const LOCK = `outbox of ${member}`
const LONGEST = 60_000 // ms between two tries
const OURS = new Set(["member", "at", "reason", "failed", "loose", "enclosed", "where", "ask", "meant"]) // not told to the server
const FINAL = new Set([404, 413, 422]) // answers that say no more than this

let sender = false // whether this tab is the one that sends
let turn // its request for the lock, as long as that counts
let underWay // the key that waits for its answer
let later // timer: the next try
let patience = 1000

export function open() {
  on("hello", restart)
  on("ack", ({ key, held }) => answered(key, () => drop(key, held ? "held" : "sent")))
  on("refused", refused)
  document.addEventListener("line", ({ detail }) => detail.state === "polling" && restart())
  document.addEventListener("visibilitychange", comeForward)
  document.addEventListener("outbox", ({ detail }) => {
    if (detail.wanted) become({ steal: true })
    deliver()
  })
  load().then(() => become())
}

function deliver() {
  if (!sender) return
  carryFiles()
  const next = waiting().find(isReady)
  if (underWay || later || next?.loose === undefined) return
  if (polling()) post(next)
  else if (send({ verb: "say", ...words(next) })) underWay = next.key
}

function carryFiles() {
  const laden = waiting().find((message) => !message.failed && isLaden(message))
  if (laden) fetched("./outbox-files.js").then(([{ carry }]) => carry(laden)).catch(() => {}) // without a line: later
}

function isReady(message) {
  return !message.failed && !isLaden(message)
}

// Its files are not there yet; what was written after it does not wait for them.
function isLaden({ enclosed, file }) {
  return Boolean(enclosed?.length && !file)
}

function words(message) {
  const said = Object.entries(message).filter(([name, value]) => !OURS.has(name) && value !== undefined && value !== null)
  return Object.fromEntries(said)
}

// The line is new: what was under way is sent again, with its key.
function restart() {
  underWay = undefined
  clearTimeout(later)
  later = undefined
  comeForward()
  deliver()
}

function refused({ key, reason, final, retry_after: seconds, ask, knowing: meant }) {
  if (!waiting().some((message) => message.key === key)) return
  answered(key, () => change(key, { reason, failed: final, ask, meant }), !final && (seconds ? seconds * 1000 : backOff()))
  const shown = document.querySelector(`[data-pending="${CSS.escape(key)}"], waiting-words`)
  if (final && !shown) fetched("./unsent.js").then(([{ tellUnsent }]) => tellUnsent()).catch(() => {}) // the page of drafts has it
}

function answered(key, note, wait = 0) {
  if (underWay === key) underWay = undefined
  if (wait) later ??= setTimeout(restart, wait)
  else patience = 1000
  note()
  deliver()
}

function backOff() {
  patience = Math.min(patience * 2, LONGEST)
  return 500 + jitter(patience)
}

// Where no socket is let through: the form's own way, answered in frames. `by` says who wrote it: in
// this browser somebody else may have signed in since.
async function post(message) {
  const { key } = message
  underWay = key
  const { channel, ...fields } = words(message)
  const body = new URLSearchParams({ by: member })
  for (const [name, value] of Object.entries(fields)) for (const one of [value].flat()) body.append(name, one)
  const headers = { accept: "application/json" }
  const answer = await fetch(`/channels/${channel}/messages`, { method: "POST", body, headers }).catch(() => ({}))
  if (isFrames(answer)) for (const frame of await answer.json()) receive(frame)
  else if (answer.status === 401) state("signed-out")
  else refused({ key, reason: answer.status === 404 ? say("revoked") : "", final: FINAL.has(answer.status) })
}

function isFrames(answer) {
  return answer.headers?.get("content-type")?.startsWith("application/json") ?? false
}

// Whoever holds the lock sends. It may be taken; then we wait until it is free again.
function become({ steal = false } = {}) {
  if (sender) return
  turn?.abort()
  const mine = (turn = new AbortController())
  if (!navigator.locks) return void begin(mine)
  navigator.locks.request(LOCK, steal ? { steal } : { signal: mine.signal }, () => begin(mine)).catch(() => {
    if (mine !== turn) return // we asked again meanwhile
    sender = false
    become()
  })
}

async function begin(mine) {
  await load()
  if (mine !== turn) return
  sender = true
  restart()
  await new Promise(() => {})
}

// A tab that nobody looks at may be frozen with the lock in its hand.
function comeForward() {
  if (!document.hidden && waiting().some(({ failed }) => !failed)) become({ steal: true })
}
