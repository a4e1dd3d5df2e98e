// <post-composer place="topic:5">: one form that moves below the post that is answered, and sends
// without leaving the page: the post comes back the way everybody's posts come. Where it does not, or
// belongs on a later page, that page is loaded. What edits a post (place="post:9") is left to the dialog it stands in.

import { documentFrom } from "../html.js"
import { state } from "../line.js"
import { say } from "../words.js"
import { sayState } from "../community/drafts.js"

const PATIENCE = 3000 // ms until we load the page that shows it
const HEADERS = { accept: "application/json" }

customElements.define("post-composer", class extends HTMLElement {
  connectedCallback() {
    if (this.getAttribute("place").startsWith("post:")) return
    this.#home ??= this.parentElement
    this.addEventListener("submit", this.#send)
    document.addEventListener("click", this.#reply)
    document.addEventListener("shown", this.#shown)
    document.addEventListener("quote", this.#quote)
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.#reply)
    document.removeEventListener("shown", this.#shown)
    document.removeEventListener("quote", this.#quote)
  }

  #home
  #sent // the key of what is under way
  #timer

  get #form() {
    return this.querySelector("form")
  }

  #reply = (event) => {
    if (event.target.closest("[data-cancel]")) return this.#move()
    const link = event.target.closest(".post-reply")
    const post = link?.closest("reply-tree .post")
    if (!post || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    this.#move(post)
  }

  // Who has written nothing yet answers the post they quote.
  #quote = async ({ detail: { post, text } }) => {
    const { body } = this.#form.elements
    const { block } = await import("../community/marking.js")
    if (!body.value.trim()) this.#move(post)
    block(body, text)
  }

  #move(post) {
    const place = post ? post.id.replace("post-", "reply:") : this.getAttribute("place")
    const id = place.split(":")[1]
    this.#form.action = post ? `/posts/${id}/replies` : `/topics/${id}/posts`
    this.#form.elements.place.value = place
    this.querySelector("kept-draft").moveTo(place)
    this.#answers(post)
    if (post) post.after(this)
    else this.#home.append(this)
    this.#form.elements.body.focus()
    this.scrollIntoView({ block: "nearest" })
  }

  #answers(post) {
    const [heading, line] = this.querySelectorAll("h2, [data-answers]")
    heading.hidden = Boolean(post)
    line.hidden = !post
    if (post) line.querySelector("span").textContent = say("answering", {
      number: post.querySelector(".post-number").textContent,
      author: post.querySelector(".author-name").textContent,
    })
  }

  #send = async (event) => {
    if (event.submitter?.formAction.endsWith("/preview")) return
    event.preventDefault()
    if (this.#sent) return
    this.#sent = this.#form.elements.key.value
    sayState(this.#form, "sending")
    const body = new FormData(this.#form, event.submitter) // with its files, where the tool that sends them is not here yet
    this.querySelector("[data-error]").replaceChildren()
    const answer = await fetch(this.#form.action, { method: "POST", body, headers: HEADERS }).catch(() => null)
    if (answer) await this.#answered(answer)
    else this.#failed("failed")
  }

  async #answered(answer) {
    if (answer.ok) return this.#stored(await answer.json())
    if (answer.status !== 401) return this.#refused(await answer.text())
    this.#failed("")
    state("signed-out")
  }

  // It may have come before the answer. What waits for a moderator does not come: the page shows it.
  #stored({ place, held }) {
    if (!this.#sent) return
    const later = held || "to" in document.querySelector("reply-tree").dataset
    this.#timer = setTimeout(this.#load, later ? 0 : PATIENCE, place)
  }

  // Our own post has come: the composer is free for the next one.
  #shown = ({ target }) => {
    if (!this.#sent || target.dataset?.key !== this.#sent) return
    clearTimeout(this.#timer)
    this.#sent = undefined
    sayState(this.#form, "")
    this.querySelector("kept-draft").forget()
    this.querySelector("attach-files").clear?.()
    this.querySelector("input[type=file]").value = ""
    this.#form.elements.body.value = ""
    this.#form.elements.key.value = crypto.randomUUID()
    if (this.parentElement !== this.#home) this.#move()
    target.scrollIntoView({ block: "nearest" })
  }

  // Within a page an address only scrolls.
  #load = (place) => {
    this.querySelector("kept-draft").forget()
    const { pathname, search } = location
    location.assign(place)
    if (place.startsWith(`${pathname}${search}#`)) location.reload()
  }

  #refused(html) {
    const error = documentFrom(html).querySelector("[data-error]")
    if (error) this.querySelector("[data-error]").replaceWith(document.adoptNode(error))
    this.#failed(error ? "" : "failed")
    error?.scrollIntoView({ block: "nearest" })
  }

  #failed(word) {
    this.#sent = undefined
    sayState(this.#form, word)
    this.querySelector(".form-actions").scrollIntoView({ block: "nearest" })
  }
})
