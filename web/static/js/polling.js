// Where websockets are blocked the same changes are asked for over HTTP, every ten seconds.
//
// It begins when line.js says "polling" and ends when a socket opens after all. The answer of
// /catch-up is the list of frames the socket would have sent.

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
  await Promise.all(followed().map(ask))
  if (timer !== undefined) timer = setTimeout(poll, EVERY)
}

async function ask(following) {
  const { stream, rev, epoch } = following.view
  const answer = await fetch(`/catch-up?${new URLSearchParams({ stream, rev, epoch })}`).catch(() => null)
  if (!answer?.ok || timer === undefined) return
  following.reading = true
  for (const frame of await answer.json()) receive(frame)
}
