// <thread-news src="/channels/7/threads/news">: how much is unread in the threads that the reader follows
// beside this channel: in all here, and of each at the message it began at.
//
// A message tells when there is a new reply; whose thread it is asks then how much they have not read.
// Which threads they follow is asked at the first reply, over a while: a thousand may have the channel open.
// A thread that is open beside the channel is being read.

import { pageAt } from "../html.js"
import { on } from "../live.js"
import { tellAll } from "../reading.js"

const PACE = 3000 // ms between two looks
const SOON = 1000 // ms over which those look who follow a thread
const AFTER = 1000 // ms until what was told is known
const WHILE = 10_000 // ms over which all look

customElements.define("thread-news", class extends HTMLElement {
  #replied = new Map() // message → when it was last answered, empty without a thread
  #waiting = new Map() // thread → how much is unread, of those that are followed
  #unsure = true // whether there may be others
  #opened = new Set() // threads that were open beside
  #looked = 0
  #timer

  connectedCallback() {
    for (const message of document.querySelectorAll(".log .message[id]")) this.#note(message)
    document.addEventListener("shown", this.#shown)
    document.addEventListener("beside", this.#turned)
    if (!this.querySelector("a").hidden) this.ask()
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    document.removeEventListener("shown", this.#shown)
    document.removeEventListener("beside", this.#turned)
  }

  ask(within = SOON) {
    this.#timer ??= setTimeout(this.#look, Math.max(0, this.#looked + PACE - Date.now()) + within * Math.random())
  }

  // They were named somewhere: perhaps beside, where they follow since.
  doubt() {
    this.#unsure = true
  }

  get #beside() {
    return document.querySelector(".thread-panel live-stream")?.getAttribute("stream").split(":")[1]
  }

  #look = async () => {
    const page = await pageAt(this.getAttribute("src")).catch(() => null) // no network: with the next reply
    this.#looked = Date.now()
    this.#timer = undefined
    if (!page || !this.isConnected) return
    const threads = [...page.querySelectorAll("[data-thread]")]
    this.#unsure = false
    this.#waiting = new Map(threads.map(({ dataset, firstElementChild }) => [dataset.thread, document.adoptNode(firstElementChild)]))
    this.#tell()
  }

  #shown = ({ target }) => {
    if (target.closest(".thread-panel")) return
    const messages = target.matches(".message") ? [target] : target.querySelectorAll(".message[id]")
    for (const message of messages) {
      if (this.#note(message)) this.#answered(threadOf(message))
      this.#mark(message)
    }
  }

  // Whether it was answered since it was looked at.
  #note(message) {
    const before = this.#replied.get(message.id)
    const now = message.querySelector(".message-thread time")?.dateTime ?? ""
    this.#replied.set(message.id, now)
    return before !== undefined && now > before
  }

  #answered(thread) {
    if (this.#waiting.has(thread) || this.#opened.has(thread)) this.ask()
    else if (this.#unsure) this.ask(WHILE)
  }

  // What was read beside is known once that is told.
  #turned = () => {
    if (this.#beside) this.#opened.add(this.#beside)
    if (!this.#unsure) this.#tell()
    tellAll()
    setTimeout(() => this.ask(), AFTER)
  }

  #tell() {
    for (const message of document.querySelectorAll(".log .message[id]")) this.#mark(message)
    const elsewhere = [...this.#waiting].filter(([thread]) => thread !== this.#beside)
    const sum = elsewhere.reduce((all, [, { firstChild }]) => all + Number(firstChild.data), 0)
    const count = this.querySelector(".unread")
    count.firstChild.data = sum
    count.hidden = this.querySelector("a").hidden = !sum
  }

  #mark(message) {
    const link = message.querySelector(".message-thread")
    const thread = threadOf(message)
    const count = this.#waiting.get(thread)
    link?.querySelector(".unread")?.remove()
    if (link && count && !count.hidden && thread !== this.#beside) link.append(count.cloneNode(true))
  }
})

on("refresh", ({ target }) => target === "unread-channels" && news()?.ask())
on("put", ({ target }) => target === "bell" && news()?.doubt())

function news() {
  return document.querySelector("thread-news")
}

function threadOf(message) {
  return message.querySelector(".message-thread")?.pathname.split("/").at(-1)
}
