// Messages of this tab's member that the channel has not yet shown: waiting, sent, failed, in words.
//
//   showBubbles(log, signal)   makes the list in the log show what the outbox holds for its channel, from
//                              now on, whether or not there is a composer; who fails is told at once
//
// The bubble stands in <template id="pending-message">. The true message takes its place by its key.
// "Edit and send anew" gives the words to whoever takes the event "rewrite"; else they stay here.

import { elementFrom } from "../html.js"
import { clockOf } from "../local-time.js"
import { again, drop, mean, waiting } from "../outbox.js"
import { say } from "../words.js"
import { drawFiles } from "./bubble-files.js"

const STAYING = new Set(["sent", "held"])
const ALARM = 10_000 // ms that an alarm stands in the page

const ACTIONS = {
  retry: ({ key }) => again(key),
  mean: ({ key }) => mean(key),
  discard: ({ key }) => drop(key),
  rewrite(message, list) {
    const offer = new CustomEvent("rewrite", { bubbles: true, cancelable: true, detail: message })
    if (!list.dispatchEvent(offer)) drop(message.key)
  },
}

export function showBubbles(log, signal) {
  const bubbles = new Map() // key → what stands for it in the list
  const alarmed = new Set()
  const draw = ({ key, acked } = {}) => {
    const list = log.querySelector(".messages")
    if (!list) return
    const messages = waiting(Number(list.id.split(":")[1]))
    drawBubbles(list, messages, bubbles, { [key]: acked })
    const failed = messages.find((message) => message.key === key && message.failed)
    if (failed && !alarmed.has(key)) alarm(log, failed)
    if (failed) alarmed.add(key)
    else alarmed.delete(key)
  }
  document.addEventListener("outbox", ({ detail }) => draw(detail), { signal })
  log.addEventListener("shown", ({ target }) => (bubbles.size || !target.dataset.seq) && draw(), { signal })
  draw()
}

function drawBubbles(list, messages, bubbles, acked) {
  const shown = list.dataset.to ? [] : messages // else it is an older part of the talk
  for (const message of shown) {
    if (!bubbles.get(message.key)?.isConnected) bubbles.set(message.key, add(list, message))
    state(bubbles.get(message.key), message)
  }
  const keys = new Set(shown.map(({ key }) => key))
  for (const [key, bubble] of bubbles) {
    if (!keys.has(key)) settle(list, bubble, acked)
    if (!bubble.isConnected) bubbles.delete(key)
  }
}

// Said at once, to those who do not see the bubble.
function alarm(log, { reason, at }) {
  const said = document.createElement("p")
  said.className = "visually-hidden"
  said.setAttribute("role", "alert")
  log.after(said)
  said.textContent = `${clockOf(at)} ${say("not-sent", { reason })}`
  setTimeout(() => said.remove(), ALARM)
}

// Acknowledged, it stays until the true message comes, or what is held is shown below; discarded or shown, it goes.
function settle(list, bubble, acked) {
  const key = bubble.dataset.pending
  const known = list.parentElement.querySelector(`[data-key="${CSS.escape(key)}"]`)
  const answer = acked[key] ?? (STAYING.has(bubble.dataset.state) && bubble.dataset.state)
  if (answer && !known) show(bubble, answer)
  else bubble.remove()
}

function add(list, message) {
  const bubble = document.getElementById("pending-message").content.firstElementChild.cloneNode(true)
  bubble.classList.add("pending")
  bubble.dataset.pending = message.key
  bubble.querySelector(".pending-body").textContent = message.body
  drawFiles(bubble, message)
  for (const button of bubble.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => ACTIONS[button.dataset.do](message, list))
  }
  list.querySelector(".newer").before(bubble)
  return bubble
}

function state(bubble, { reason, failed, loose, ask }) {
  const question = bubble.querySelector(".pending-ask")
  if (Boolean(ask) !== question.hasChildNodes()) question.replaceChildren(...(ask ? [elementFrom(ask)] : []))
  bubble.toggleAttribute("data-asked", Boolean(ask))
  bubble.querySelector(".pending-reason").textContent = reason ?? ""
  bubble.querySelector(".pending-loose").hidden = !loose
  show(bubble, failed ? "failed" : "pending", Boolean(reason))
}

// Which buttons stand at what came to nothing, and at what waits.
const USEFUL = {
  retry: (name, troubled) => name === "pending" && troubled,
  rewrite: (name) => name === "failed" && document.querySelector("channel-composer") !== null,
  mean: (name, _troubled, bubble) => name === "failed" && "asked" in bubble.dataset,
  discard: (name) => name === "failed",
}

function show(bubble, name, troubled = false) {
  bubble.dataset.state = name
  for (const word of bubble.querySelectorAll("[data-when]")) word.hidden = word.dataset.when !== name
  for (const button of bubble.querySelectorAll("[data-do]")) button.hidden = !USEFUL[button.dataset.do](name, troubled, bubble)
}
