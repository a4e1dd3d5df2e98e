// Where websockets are blocked the same changes are asked for over HTTP, every ten seconds. Where that
// does not arrive either, it is the network, and that is what the reader is told.
//
// It begins when line.js says that sockets are blocked, is told as "polling" once that was answered, and
// ends when a socket opens after all. The answer of
// /catch-up is the list of frames the socket would have sent.

import { state } from "./line.js"
import { followed, receive } from "./live.js"

const EVERY = 10_000 // ms

let timer
let told = false // whether the reader knows

document.addEventListener("line", ({ detail }) => {
  if (detail.blocked) timer ??= setTimeout(poll, 0)
  else if (detail.state !== "waiting" && detail.state !== "polling") stop()
})

export function polling() {
  return timer !== undefined
}

function stop() {
  clearTimeout(timer)
  timer = undefined
  told = false
}

async function poll() {
  const streams = followed()
  const answered = await Promise.all(streams.length ? streams.map(ask) : [knock()])
  if (timer === undefined) return
  timer = setTimeout(poll, EVERY)
  receive({ verb: "polled" }) // for who is told by no stream
  const before = told
  told = answered.includes(true)
  if (!told) state("waiting", { seconds: EVERY / 1000 })
  else if (!before) state("polling")
}

async function ask(following) {
  const { stream, rev, epoch } = following.view
  const answer = await fetch(`/catch-up?${new URLSearchParams({ stream, rev, epoch })}`).catch(() => null)
  if (!answer?.ok || timer === undefined) return isThere(answer)
  following.reading = true
  for (const frame of await answer.json()) receive(frame)
  return true
}

// For a page without a stream.
async function knock() {
  return isThere(await fetch("/healthz").catch(() => null))
}

// A gateway without a server behind it answers, too.
function isThere(answer) {
  return Boolean(answer) && answer.status < 500
}
