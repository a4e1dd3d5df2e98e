// The tab's one socket: opened, listened to, given up when silent, opened again (D10, D12).
//
//   connect(listener)   listener.opened(hello) · listener.heard(frame) · listener.closed()
//   send(command)       true when an open line took it
//   tryNow()            does not wait for the next attempt
//
// Its state is told to the document: event "line", {detail: {state, …}}, where state is
//   open · waiting {seconds, blocked} · polling · reload (4400) · signed-out (4401) · standing (4403) ·
//   somebody-else (who is signed in here by now); "polling" is told by polling.js, which begins at `blocked`

export const PROTOCOL = 1
const SILENCE = 45_000 // ms; the server ticks every 20 s
const ANSWER = 5_000 // ms in which something comes after a message was said
const FAILURES = 3 // sockets that never said hello until we ask over HTTP instead

// What each close code asks for: milliseconds until the next attempt, or nothing where there is none.
const AFTER = {
  1012: () => jitter(restart * 1000),
  1013: () => backOff(60_000),
  4290: () => 0,
  4400: () => state("reload"),
  4401: () => state("signed-out"),
  4403: () => state("standing") ?? 0,
  4429: (reason) => (Number(/\d+/.exec(reason)?.[0] ?? 30) + Math.random()) * 1000,
  lost: () => backOff(30_000),
}

let listener
let socket
let greeted = false // whether this socket was answered
let failures = 0
let patience = 500 // ms, doubled by each failure
let answer = ANSWER // doubled when nothing came: whoever is slow is not helped by being asked again
let restart = 5 // seconds over which tabs come back from a restart, as announced
let quiet // timers: the line is given up; the next attempt
let next

export function connect(to) {
  listener = to
  addEventListener("online", tryNow)
  addEventListener("offline", () => socket?.readyState <= WebSocket.OPEN && giveUp())
  document.addEventListener("visibilitychange", () => document.hidden || tryNow())
  open()
}

export function send(command) {
  const ready = greeted && socket.readyState === WebSocket.OPEN
  if (ready) socket.send(JSON.stringify(command))
  if (ready && command.verb === "say") listenClosely()
  return ready
}

export function tryNow() {
  if (next) open()
}

export function state(name, more = {}) {
  document.dispatchEvent(new CustomEvent("line", { detail: { state: name, ...more } }))
}

// Full jitter: the wait is any part of the bound, so that a thousand tabs do not come back together.
export function jitter(bound) {
  return bound * Math.random()
}

function open() {
  clearTimeout(next)
  next = undefined
  greeted = false
  const line = socket = new WebSocket(new URL("/live", location.href.replace(/^http/, "ws")))
  line.addEventListener("open", () => line.send(JSON.stringify({ verb: "hello", protocol: PROTOCOL })))
  line.addEventListener("message", ({ data }) => line === socket && receive(JSON.parse(data)))
  line.addEventListener("close", ({ code, reason }) => line === socket && comeBack(code, reason))
  listen()
}

// A dead line may take minutes to close, so the next one does not wait for it.
function listen() {
  clearTimeout(quiet)
  quiet = setTimeout(giveUp, SILENCE * (0.8 + 0.4 * Math.random()))
}

// Whatever is heard next shows that the line stands.
function listenClosely() {
  clearTimeout(quiet)
  quiet = setTimeout(() => {
    answer = Math.min(answer * 2, SILENCE)
    giveUp()
  }, answer)
}

function giveUp() {
  const dead = socket
  socket = undefined
  comeBack(1006)
  dead.close()
}

function receive(frame) {
  listen()
  if (frame.verb === "ack") answer = ANSWER
  if (frame.verb === "drain") restart = frame.window
  if (frame.verb !== "hello") return listener.heard(frame)
  if (`${frame.member}` !== document.body.dataset.member) return leave("somebody-else")
  greeted = true
  failures = 0
  patience = 500
  state("open")
  listener.opened(frame)
}

// For good: nothing on this page is for whoever is signed in now, nor theirs to send.
function leave(why) {
  clearTimeout(quiet)
  const left = socket
  socket = undefined
  left.close()
  state(why)
}

function comeBack(code, reason = "") {
  clearTimeout(quiet)
  failures = greeted ? 0 : failures + 1
  greeted = false
  listener.closed()
  const wait = (AFTER[code] ?? AFTER.lost)(reason)
  if (wait === undefined) return
  next = setTimeout(open, wait)
  if (failures > FAILURES || code === 4290) return // over HTTP it is known better how things are
  state("waiting", { seconds: Math.ceil(wait / 1000), blocked: failures === FAILURES })
}

function backOff(longest) {
  patience = Math.min(patience * 2, longest)
  return jitter(patience)
}
