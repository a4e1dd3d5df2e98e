// Keeps the streams of this page current: each change once, in order, nothing missed.
//
//   follow(view)        a view has .stream ("channel:7"), .rev and .epoch of what it shows, .reload(), a
//                       promise of showing the page anew with its new rev and epoch, and .end(reason) for
//                       when the member may not see it any more; its .ariaBusy is "true" while it catches up.
//                       <live-stream> is one.
//   unfollow(view)
//   behind(view, rev)   what it shows is of this rev, at least in part: what changed since is asked for
//   on(verb, listener)  also told of that kind of frame: ack, refused, status, drain, hello, put …
//   send(command)       true when an open line took it
//   receive(frame)      what the server said; polling.js brings it over HTTP
//
// How far a stream is, and what is asked again, is in following.js; sockets are in line.js.

import { Following } from "./following.js"
import { show } from "./frames.js"
import { connect, send } from "./line.js"

export { send }

const streams = new Map() // stream → Following
const listeners = new Map() // verb → listeners

const heard = {
  put: (frame) => (frame.stream ? streams.get(frame.stream)?.put(frame) : show.put(frame)),
  caught_up: ({ stream, rev }) => streams.get(stream)?.caughtUp(rev),
  changed: ({ stream, rev }) => streams.get(stream)?.changed(rev),
  reset: ({ stream }) => streams.get(stream)?.reset(),
  revoked: ({ stream, reason }) => forget(stream)?.end(reason),
  refused({ stream, reason, final }) {
    streams.get(stream)?.refused(reason, final)
    if (final) forget(stream)
  },
}

export function receive(frame) {
  const obey = heard[frame.verb] ?? show[frame.verb]
  obey?.(frame) // a newer server may say what we do not know yet
  for (const listener of listeners.get(frame.verb) ?? []) listener(frame)
}

export function on(verb, listener) {
  listeners.set(verb, [...(listeners.get(verb) ?? []), listener])
}

export function follow(view) {
  const following = new Following(view)
  streams.set(view.stream, following)
  following.read()
}

export function unfollow(view) {
  if (streams.get(view.stream)?.view !== view) return
  forget(view.stream).stop()
  send({ verb: "unwatch", stream: view.stream })
}

export function behind(view, rev) {
  const following = streams.get(view.stream)
  if (following?.view === view) following.back(rev)
}

export function followed() {
  return [...streams.values()]
}

export function start() {
  connect({
    heard: receive,
    opened(hello) {
      receive(hello)
      for (const following of streams.values()) following.read()
    },
    closed() {
      for (const following of streams.values()) following.reading = false
    },
  })
}

function forget(stream) {
  const following = streams.get(stream)
  streams.delete(stream)
  return following
}
