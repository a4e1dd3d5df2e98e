// <a href="/messages/9" data-dialog>: opens the main part of that page in a dialog instead of going there.
//
// The server draws there what this member may do, so this works for every page with forms: edit,
// withdraw, report. A form in the dialog is sent without leaving; where the answer leads back to the
// page one is on, the dialog closes (the change itself comes live), else it shows the answer.
// Without JavaScript, without a network, or with a modifier key it is an ordinary link.
//
// It begins at its title; closed, the focus is where it was, or where that is drawn anew.
//
//   openPage(address)   the same for who asks otherwise

import { documentFrom, pageAt } from "./html.js"
import { focusAgain } from "./renew.js"
import { say } from "./words.js"

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]")
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return
  event.preventDefault()
  const dialog = link.closest("dialog.page-dialog") // a step further in the same one
  link.ariaBusy = "true"
  const shown = dialog ? (page) => goOn(fill(dialog, page)) : open
  openPage(link.href, shown).finally(() => (link.ariaBusy = null))
})

export function openPage(address, shown = open) {
  return pageAt(address).then(shown, () => location.assign(address))
}

function open(page) {
  const before = document.activeElement ?? document.body
  const dialog = document.createElement("dialog")
  dialog.className = "dialog page-dialog"
  dialog.addEventListener("submit", (event) => leaves(event.target) || submit(event, dialog))
  dialog.addEventListener("close", () => closed(dialog, before))
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close())
  document.body.append(dialog)
  fill(dialog, page)
  dialog.showModal()
  begin(dialog.querySelector(".dialog-head h2"))
}

// The browser gives the focus back, unless the change that was made here replaced what had it.
function closed(dialog, before) {
  dialog.remove()
  if (document.activeElement === document.body) focusAgain(before)
}

function fill(dialog, page) {
  wear(page)
  const title = page.querySelector("main h1")
  const head = document.createElement("div")
  head.className = "dialog-head"
  const heading = document.createElement("h2")
  heading.id = "page-dialog-title"
  heading.textContent = title?.textContent ?? ""
  title?.closest(".page-head")?.remove()
  head.append(heading, closeButton(dialog))
  dialog.setAttribute("aria-labelledby", heading.id)
  dialog.replaceChildren(head, ...page.querySelector("main").childNodes)
  return dialog
}

// How that page looks, where it has stylesheets this one has not.
function wear(page) {
  for (const sheet of page.querySelectorAll("link[rel=stylesheet]")) {
    const known = document.querySelector(`link[href="${sheet.getAttribute("href")}"]`)
    if (!known) document.head.append(document.adoptNode(sheet))
  }
}

function closeButton(dialog) {
  const button = document.createElement("button")
  button.className = "button button-quiet"
  button.type = "button"
  button.textContent = say("close")
  button.addEventListener("click", () => dialog.close())
  return button
}

// To close the dialog, or with the page (reading.js, channels/thread-panel.js).
function leaves(form) {
  return form.method !== "post" || Boolean(form.dataset.unread) || "thread" in form.dataset
}

async function submit(event, dialog) {
  const form = event.target
  event.preventDefault()
  const button = event.submitter
  const body = filled(form, button) // while the button may still be pressed
  if (button) button.disabled = true
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null)
  if (button) button.disabled = false
  if (!answer) return trouble(dialog, say("no-network"))
  const led = new URL(answer.url)
  if (answer.redirected && led.pathname === location.pathname) return dialog.close()
  if (led.pathname === "/sign-in") return location.assign(led)
  fill(dialog, documentFrom(await answer.text()))
  goOn(dialog)
}

// Where it was refused, there; else at its head.
function goOn(dialog) {
  const place = dialog.querySelector("[aria-invalid=true]") ?? dialog.querySelector(".notice-bad, .dialog-head h2")
  begin(place)
}

function begin(place) {
  if (!place.matches("input, textarea, select")) place.tabIndex = -1
  place.focus()
}

function filled(form, button) {
  const fields = new FormData(form, button)
  return form.enctype === "multipart/form-data" ? fields : new URLSearchParams(fields)
}

function trouble(dialog, sentence) {
  const line = dialog.querySelector(".field-error") ?? document.createElement("p")
  line.className = "field-error"
  line.setAttribute("role", "alert")
  dialog.querySelector("form:last-of-type")?.before(line)
  line.textContent = sentence
}
