// Edits the last of one's own messages where it stands: arrow up in an empty composer. The form is that of
// the message's page; Escape or its button leaves it, and what is refused keeps its words, beside what the message
// says by now where it was edited elsewhere. While it stands, the message may change around it.

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
  form.querySelector(".form-actions").append(cancelling())
  form.addEventListener("click", (event) => leave(event, close))
  form.addEventListener("keydown", (event) => key(event, form, close))
  form.addEventListener("submit", (event) => save(event, form, close))
  document.getElementById(message).append(form)
  const field = form.querySelector("textarea")
  field.focus()
  field.setSelectionRange(field.value.length, field.value.length)
  form.scrollIntoView({ block: "nearest" })
}

function cancelling() {
  const button = document.createElement("button")
  button.className = "button button-quiet"
  button.type = "button"
  button.textContent = say("cancel")
  button.dataset.cancel = ""
  return button
}

function leave(event, close) {
  if (!event.target.closest("[data-cancel], [data-choose=theirs]")) return
  event.preventDefault()
  close()
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
  const body = new URLSearchParams(new FormData(form, event.submitter))
  const answer = await fetch(form.action, { method: "POST", body }).catch(() => null)
  if (answer?.redirected) return close()
  if (!answer) return refuse(form, say("no-network"))
  const page = documentFrom(await answer.text())
  putAgain(form, page)
  if (answer.ok) form.querySelector("textarea").focus()
  else refuse(form, reasonIn(page))
}

// As the answer has it: with what was written, and what it is to be sent with.
function putAgain(form, page) {
  const now = page.querySelector(`main form[action="${new URL(form.action).pathname}"]`)
  if (!now) return
  form.replaceChildren(...now.childNodes)
  form.querySelector(".form-actions").append(cancelling())
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
