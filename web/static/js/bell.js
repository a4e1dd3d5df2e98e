// Where the bell rings, something may wait in a channel, too: its number in the bar is asked for again, unless
// the list of channels is open, which asks by itself, as the home page does.
//
// On other pages what is said in a channel, or once more in a direct room before it is read, is counted with the
// next page: else each member of a channel of thousands would listen, look and listen again wherever they read,
// and what they read along just then would be counted, too.

import { show } from "./frames.js"
import { on } from "./live.js"

const SPREAD = 3 // s over which a thousand who were called look

let rang = rings()

on("put", ({ target }) => {
  if (target !== "bell") return
  const before = rang
  rang = rings()
  if (rang > before && !document.querySelector("channel-list")) show.refresh({ target: "unread-channels", within: SPREAD })
})

function rings() {
  return Number(document.querySelector("#bell .unread")?.firstChild.data ?? 0)
}
