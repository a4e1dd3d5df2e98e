// Choosing messages: "make a topic of it", pressed on the page of a message, makes the talk itself the list
// to choose from. Each message has a box then. Space or a press chooses one; with Shift all between it and
// the one before. The arrows go on to the next, with Shift choosing it, too; Escape ends it.
//
// The bar is <template id="choosing">: its form leads to the page on which one says where to; with data-own
// only one's own messages are to choose from.

import { say } from "../words.js"

const ONE = ":scope > .message[data-seq]"

let now // what is being chosen: {list, bar, chosen, last, gone}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-choose]")
  const list = link && document.getElementById(`message-${link.dataset.choose}`)?.closest("channel-log .messages")
  if (!list || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  link.closest("dialog")?.close()
  begin(list, link.dataset.choose)
})

function begin(list, id) {
  end()
  const bar = document.getElementById("choosing").content.firstElementChild.cloneNode(true)
  const gone = new AbortController()
  now = { list, bar, chosen: new Set([id]), last: null, gone }
  const { signal } = gone
  bar.querySelector("[type=button]").addEventListener("click", end, { signal })
  document.addEventListener("keydown", (event) => event.key === "Escape" && end(), { signal })
  list.addEventListener("shown", dress, { signal })
  list.addEventListener("click", press, { signal })
  list.addEventListener("keydown", walk, { signal })
  bar.action = `/channels/${list.id.split(":")[1]}/topic` // of a thread, it is that
  list.closest("channel-log").after(bar)
  dress()
  const first = boxes().find(({ value }) => value === id)
  now.last = first ?? null
  first?.focus()
}

function end() {
  if (!now) return
  const { list, bar, gone } = now
  now = undefined
  gone.abort()
  bar.remove()
  for (const box of list.querySelectorAll(".choice")) box.remove()
  list.closest("channel-log").focus({ preventScroll: true })
}

// Whatever came or was drawn anew meanwhile has a box, too; what became something else is none to choose.
function dress() {
  const which = "own" in now.bar.dataset ? `${ONE}.mine` : ONE
  const messages = [...now.list.querySelectorAll(which)].filter((one) => one.querySelector(".bubble"))
  for (const message of messages) if (!message.querySelector(".choice")) message.prepend(boxOf(message))
  count()
}

function boxOf(message) {
  const box = document.createElement("input")
  box.type = "checkbox"
  box.className = "choice"
  box.value = message.id.slice("message-".length)
  box.checked = now.chosen.has(box.value)
  box.ariaLabel = say("choose", { words: message.querySelector(".bubble").textContent.trim().slice(0, 80) })
  return box
}

function press({ target, shiftKey }) {
  if (!target.matches(".choice")) return
  choose(shiftKey && now.last?.isConnected ? between(now.last, target) : [target], target.checked)
  now.last = target
}

function walk(event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
  if (!step || !event.target.matches(".choice")) return
  event.preventDefault()
  const all = boxes()
  const next = all[all.indexOf(event.target) + step]
  if (!next) return
  if (event.shiftKey) choose([event.target, next], true)
  next.focus()
  now.last = next
}

function choose(some, on) {
  for (const box of some) {
    box.checked = on
    if (on) now.chosen.add(box.value)
    else now.chosen.delete(box.value)
  }
  count()
}

function between(one, other) {
  const all = boxes()
  const [from, to] = [all.indexOf(one), all.indexOf(other)].toSorted((a, b) => a - b)
  return all.slice(from, to + 1)
}

function boxes() {
  return [...now.list.querySelectorAll(".choice")]
}

function count() {
  const { bar, chosen } = now
  bar.elements.messages.value = [...chosen].join(",")
  bar.querySelector("[role=status]").textContent = say("chosen", { count: chosen.size })
  bar.querySelector("[type=submit]").disabled = !chosen.size
}
