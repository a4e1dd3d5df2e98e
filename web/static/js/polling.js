// Where websockets are blocked the same changes are asked for over HTTP, every ten seconds. Where that
// does not arrive either, it is the network, and that is what the reader is told.
//
// It begins when line.js says "polling" and ends when a socket opens after all. The answer of
// /catch-up is the list of frames the socket would have sent.

import { state } from "./line.js"
import { followed, receive } from "./live.js"

const EVERY = 10_000 // ms

let timer

document.addEventListener("line", ({ detail }) => {
  if (detail.state === "polling") timer ??= setTimeout(poll, 0)
  else if (detail.state !== "waiting") stop()
})

export function polling() {
  return timer !== undefined
}

function stop() {
  clearTimeout(timer)
  timer = undefined
}

async function poll() {
  const answered = await Promise.all(followed().map(ask))
  if (timer === undefined) return
  timer = setTimeout(poll, EVERY)
  receive({ verb: "polled" }) // for who is told by no stream
  if (answered.length && !answered.includes(true)) state("waiting", { seconds: EVERY / 1000 })
}

async function ask(following) {
  const { stream, rev, epoch } = following.view
  const answer = await fetch(`/catch-up?${new URLSearchParams({ stream, rev, epoch })}`).catch(() => null)
  if (!answer?.ok || timer === undefined) return Boolean(answer)
  following.reading = true
  for (const frame of await answer.json()) receive(frame)
  return true
}
