// Threads beside the channel, where the window is wide: the page of a thread in a panel. Without this, on
// a phone or with a modifier key, what leads to a thread leads to its page.
//
// In the panel nothing has an id that the page around it has, and the message the thread began at is a
// copy of the one in the channel, which is live. Where one writes is looked at again when that of the page is.
//
// Event "beside" on the document, when one was opened or closed.

import { documentFrom, pageAt } from "../html.js"
import { keepingFocus } from "../renew.js"
import { say } from "../words.js"

const WIDE = matchMedia("(min-width: 75em)")
const OWN = /^(channel|present-channel|typing-channel):|^message-/ // ids that are of the thread alone
const PANEL = "thread-panel"
const NAMING = ["for", "aria-describedby", "aria-controls"]

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.message-thread")
  if (!link || !fits(link) || event.ctrlKey || event.metaKey || event.shiftKey) return
  event.preventDefault()
  link.ariaBusy = "true"
  pageAt(link.href).then((page) => show(page, link.href, link.closest(".message")?.id), () => location.assign(link.href)).finally(() => (link.ariaBusy = null))
})

document.addEventListener("submit", async (event) => {
  const form = event.target
  if (!("thread" in form.dataset) || !fits(form)) return
  event.preventDefault()
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams() }).catch(() => null)
  if (!answer?.redirected) return location.assign(answer ? form.action.replace("/thread", "") : location.href)
  form.closest("dialog")?.close()
  show(documentFrom(await answer.text()), answer.url, `message-${/\d+/.exec(new URL(form.action).pathname)}`)
}, { capture: true })

document.addEventListener("keydown", (event) => {
  const panel = document.getElementById(PANEL)
  if (event.key !== "Escape" || event.defaultPrevented || !panel?.contains(document.activeElement)) return
  close(panel)
})

document.addEventListener("shown", ({ target }) => {
  const copy = document.getElementById(PANEL)?.querySelector(`[data-of="${CSS.escape(target.id)}"]`)
  if (target.id && copy) copy.replaceWith(copyOf(target))
  if (target.id === "composer") renewComposer()
})

document.addEventListener("renewed", renewComposer)

function fits(place) {
  const there = document.querySelector(".main > .channel:not(:has(live-stream.thread-root))")
  return WIDE.matches && there && !place.closest(`#${PANEL}`)
}

function show(page, address, from) {
  const thread = page.querySelector(".channel")
  if (!thread) return location.assign(address)
  close(document.getElementById(PANEL))
  const panel = document.createElement("aside")
  panel.id = panel.className = PANEL
  panel.dataset.page = address
  panel.ariaLabel = thread.querySelector(".channel-topic").textContent
  panel.dataset.from = from ?? ""
  separate(thread)
  thread.querySelector(".channel-head").append(closing(panel))
  panel.append(thread)
  document.querySelector(".main").append(panel)
  const place = panel.querySelector("textarea") ?? panel.querySelector(".log")
  place?.focus()
  document.dispatchEvent(new CustomEvent("beside"))
}

function close(panel) {
  if (!panel) return
  panel.remove()
  const message = document.getElementById(panel.dataset.from) // as it is now: what led here may be drawn anew
  const way = message?.querySelector(".message-thread, .message-open")
  way?.focus()
  document.dispatchEvent(new CustomEvent("beside"))
}

function separate(thread) {
  const root = thread.querySelector(".thread-root")
  const list = document.createElement("ol")
  list.className = "messages thread-root"
  list.append(copyOf(root.querySelector(".message")))
  root.replaceWith(list)
  thread.querySelector("live-status")?.remove()
  rename(thread)
}

function rename(thread) {
  for (const one of thread.querySelectorAll("[id]")) if (!OWN.test(one.id)) one.id += "-beside"
  for (const name of NAMING) {
    for (const one of thread.querySelectorAll(`[${name}]`)) one.setAttribute(name, `${one.getAttribute(name)}-beside`)
  }
  for (const { dataset } of thread.querySelectorAll("[data-live]")) {
    dataset.liveBeside = dataset.live
    delete dataset.live // the page has none of its parts
  }
}

// It may have been closed, or be open again; what was being written is kept.
async function renewComposer() {
  const panel = document.getElementById(PANEL)
  const page = panel && (await pageAt(panel.dataset.page).catch(() => null)) // without a line what is shown stays
  const thread = page?.querySelector(".channel")
  if (!thread || !panel.isConnected) return
  rename(thread)
  const [shown, now] = [panel, thread].map((one) => one.querySelector("#composer-beside"))
  if (shown.dataset.liveBeside !== now.dataset.liveBeside) keepingFocus(() => shown.replaceWith(document.adoptNode(now)))
}

function copyOf(message) {
  const copy = message.cloneNode(true)
  copy.dataset.of = message.id
  for (const name of ["id", "data-seq"]) copy.removeAttribute(name)
  return copy
}

function closing(panel) {
  const button = document.createElement("button")
  button.className = "button button-quiet"
  button.type = "button"
  button.textContent = say("close")
  button.addEventListener("click", () => close(panel))
  return button
}
