// Edits the last of one's own messages where it stands: arrow up in an empty composer. The form is that of
// the message's page; Escape or its button leaves it, and what is refused keeps its words. While it stands, the message
// may change around it.

import { documentFrom, pageAt } from "../html.js"
import { say } from "../words.js"

export async function editLast(list, composer) {
  const own = [...list.querySelectorAll(":scope > .message.mine[data-seq]")]
  const last = own.findLast((message) => message.querySelector(".message-open"))
  const { pathname } = last?.querySelector(".message-open") ?? {}
  const page = pathname && (await pageAt(pathname).catch(() => null))
  const form = page?.querySelector(`main form[action="${pathname}"]`)
  if (form && last.isConnected) open(form, last.id, composer)
}

function open(form, message, composer) {
  const id = `edit-${message}`
  if (document.getElementById(id)) return document.getElementById(id).querySelector("textarea").focus()
  form.id = id
  form.dataset.keep = ""
  form.classList.add("message-edit")
  const close = () => {
    form.remove()
    composer.focus()
  }
  form.querySelector(".form-actions").append(cancelling(close))
  form.addEventListener("keydown", (event) => key(event, form, close))
  form.addEventListener("submit", (event) => save(event, form, close))
  document.getElementById(message).append(form)
  const field = form.querySelector("textarea")
  field.focus()
  field.setSelectionRange(field.value.length, field.value.length)
  form.scrollIntoView({ block: "nearest" })
}

function cancelling(close) {
  const button = document.createElement("button")
  button.className = "button button-quiet"
  button.type = "button"
  button.textContent = say("cancel")
  button.addEventListener("click", close)
  return button
}

function key(event, form, close) {
  const sends = event.key === "Enter" && !event.shiftKey && !event.isComposing && matchMedia("(pointer: fine)").matches
  if (event.key !== "Escape" && !(sends && event.target.matches("textarea"))) return
  event.preventDefault()
  event.stopPropagation()
  if (sends) form.requestSubmit()
  else close()
}

async function save(event, form, close) {
  event.preventDefault()
  const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) }).catch(() => null)
  if (answer?.redirected) return close()
  refuse(form, answer ? reasonIn(documentFrom(await answer.text())) : say("no-network"))
}

function reasonIn(page) {
  const said = page.querySelector("main .notice-bad .notice-text, main .field-error") ?? page.querySelector("main h1")
  return said.textContent
}

function refuse(form, reason) {
  const line = form.querySelector(".field-error") ?? document.createElement("p")
  line.className = "field-error"
  line.setAttribute("role", "alert")
  form.append(line)
  line.textContent = reason
  form.querySelector("textarea").focus()
}
