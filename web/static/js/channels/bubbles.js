// Messages of this tab's member that the channel has not yet shown: waiting, sent, failed, in words.
//
//   drawBubbles(list, channel)   makes the list show what the outbox holds for the channel
//
// The bubble stands in <template id="pending-message">. The true message takes its place by its key.

import { again, drop, waiting } from "../outbox.js"

const ACTIONS = {
  retry: ({ key }) => again(key),
  discard: ({ key }) => drop(key),
  rewrite(message, list) {
    drop(message.key)
    list.dispatchEvent(new CustomEvent("rewrite", { bubbles: true, detail: message }))
  },
}

export function drawBubbles(list, channel, acked) {
  if (list.dataset.to) return // an older part of the talk
  const messages = waiting(channel)
  for (const message of messages) state(bubbleOf(list, message.key) ?? draw(list, message), message)
  const keys = new Set(messages.map(({ key }) => key))
  for (const bubble of list.querySelectorAll(".pending")) {
    if (!keys.has(bubble.dataset.pending)) settle(list, bubble, acked)
  }
}

// Acknowledged, it stays until the true message comes; discarded or shown, it goes.
function settle(list, bubble, acked) {
  const key = bubble.dataset.pending
  const known = list.querySelector(`[data-key="${CSS.escape(key)}"]`)
  if (!known && (acked === key || bubble.dataset.state === "sent")) show(bubble, "sent")
  else bubble.remove()
}

function bubbleOf(list, key) {
  return list.querySelector(`[data-pending="${CSS.escape(key)}"]`)
}

function draw(list, message) {
  const bubble = document.getElementById("pending-message").content.firstElementChild.cloneNode(true)
  bubble.classList.add("pending")
  bubble.dataset.pending = message.key
  bubble.querySelector(".pending-body").textContent = message.body
  for (const button of bubble.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => ACTIONS[button.dataset.do](message, list))
  }
  list.append(bubble)
  return bubble
}

function state(bubble, { reason, failed }) {
  bubble.querySelector(".pending-reason").textContent = reason ?? ""
  show(bubble, failed ? "failed" : "pending", Boolean(reason))
}

function show(bubble, name, troubled = false) {
  bubble.dataset.state = name
  for (const word of bubble.querySelectorAll("[data-when]")) word.hidden = word.dataset.when !== name
  for (const button of bubble.querySelectorAll("[data-do]")) {
    button.hidden = button.dataset.do === "retry" ? name !== "pending" || !troubled : name !== "failed"
  }
}
