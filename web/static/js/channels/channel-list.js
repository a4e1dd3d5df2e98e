// <channel-list src="/channels/news">: the rows in it follow what happens, each where it stands. What would
// stand elsewhere by now, and what is not here yet, is counted: the list is put in order when its reader
// presses for it, never under their eyes.
//
// It hears of each channel once that something changed (`listen`), asks how its row is now, at most every
// few seconds, and listens again: a channel in which hundreds talk costs it no more than a quiet one. While
// nobody looks, nothing is asked (looking.js). Those who come back together ask over a while.

import { NotNow, pageAt } from "../html.js"
import { on, send } from "../live.js"
import { keepingFocus } from "../renew.js"
import { endRow, movedUp, rowsIn, showInOrder, showUnread, sumFolders, tellNew } from "./listed.js"
import { Looking } from "./looking.js"

const WHILE = 10_000 // ms over which those look that come back, at what nobody tells
const ALONG = 7000 // ms in which another tab of theirs, where it is open, tells that it was read
const MOST = 500 // channels that are heard of
const NEWS = "news:"

customElements.define("channel-list", class extends HTMLElement {
  #looking = new Looking((ids, fresh) => this.#look(ids, fresh))
  #others = new Map() // what is no row of this page: id → rev
  #elsewhere = new Set() // what would stand elsewhere, or is not here
  #again
  #back

  connectedCallback() {
    this.#looking.begin()
    this.addEventListener("click", this.#press)
  }

  disconnectedCallback() {
    this.#looking.end()
    clearTimeout(this.#again)
    clearTimeout(this.#back)
  }

  listen() {
    const rows = [...rowsIn(this)].map(([id, { dataset }]) => [id, Number(dataset.rev)])
    send({ verb: "listen", channels: Object.fromEntries([...rows, ...this.#others].slice(0, MOST)) })
  }

  changed(id) {
    this.#looking.changed(id)
  }

  // Without ids: what was said among few.
  ask(...ids) {
    this.#looking.ask(ids.length ? ids : [""])
  }

  askAll() {
    this.ask("", ...rowsIn(this).keys())
  }

  // What has changed is told to who listens; what was read meanwhile is told by nobody.
  comeBack() {
    this.listen()
    clearTimeout(this.#back)
    this.#back = setTimeout(() => this.askAll(), WHILE * Math.random())
  }

  end(id) {
    endRow(rowsIn(this).get(id))
    sumFolders(this)
  }

  async #look(ids, fresh) {
    const address = new URL(this.getAttribute("src"), location.href)
    address.searchParams.set("of", ids.filter(Boolean).join())
    const page = await pageAt(address).catch((error) => {
      if (error instanceof NotNow) throw error // without a network all is asked when the line is back
    })
    if (page && this.isConnected) this.#take(page, ids, fresh)
  }

  #take(page, ids, fresh) {
    const now = rowsIn(page)
    const few = [...page.querySelectorAll("#news-few > li")].map(({ dataset }) => dataset.channel)
    this.#count(now, few)
    keepingFocus(() => this.#put(page, now))
    for (const id of ids) if (id && !now.has(id)) this.end(id)
    for (const [id, { dataset }] of now) if (!rowsIn(this).has(id)) this.#others.set(id, Number(dataset.rev))
    sumFolders(this)
    this.listen()
    const waiting = fresh.filter((id) => now.get(id)?.matches(".channel-row-new"))
    clearTimeout(this.#again)
    if (waiting.length) this.#again = setTimeout(() => this.ask(...waiting), ALONG)
  }

  #put(page, now) {
    showUnread(page)
    for (const [id, row] of rowsIn(this)) if (now.has(id)) row.replaceWith(document.adoptNode(now.get(id)))
    this.dispatchEvent(new CustomEvent("shown", { bubbles: true, detail: { fresh: false } }))
  }

  #count(now, few) {
    if (this.hasAttribute("further")) return
    const inOrder = this.querySelector("[data-few]")
    for (const id of now.keys()) if (!rowsIn(this).has(id)) this.#elsewhere.add(id)
    for (const id of inOrder ? movedUp(inOrder, few) : []) this.#elsewhere.add(id)
    tellNew(this.querySelector(".new-rows"), this.#elsewhere.size)
  }

  #press = async (event) => {
    const link = event.target.closest(".new-rows")
    if (!link || link.href !== location.href || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    if (!(await showInOrder(this, link.href))) return
    this.#elsewhere.clear()
    this.#others.clear()
    this.listen()
    this.querySelector("[data-channel] a").focus()
  }
})

let greeted = false
let bell = bellNow()

on("hello", () => {
  if (greeted) shown()?.comeBack()
  else shown()?.listen()
  greeted = true
})
on("polled", () => shown()?.askAll())
on("changed", ({ stream }) => stream.startsWith(NEWS) && shown()?.changed(stream.slice(NEWS.length)))
on("refresh", ({ target }) => target === "unread-channels" && shown()?.askAll())
on("revoked", ({ stream }) => stream.startsWith("channel:") && shown()?.end(stream.slice("channel:".length)))
on("put", ({ target }) => {
  if (target !== "bell" || bell === bellNow()) return
  bell = bellNow()
  shown()?.ask()
})

function shown() {
  return document.querySelector("channel-list")
}

function bellNow() {
  return document.getElementById("bell")?.textContent
}
