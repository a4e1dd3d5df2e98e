// <channel-list src="/channels/news">: the rows in it follow what happens, each where it stands. What would
// stand elsewhere by now, and what is not here yet, is counted: the list is put in order when its reader
// presses for it, never under their eyes.
//
// It hears of each channel once that something changed (`listen`), asks how its row is now, at most every
// few seconds, and listens again: a channel in which hundreds talk costs it no more than a quiet one. While
// nobody looks, nothing is asked.

import { pageAt } from "../html.js"
import { on, send } from "../live.js"
import { keepingFocus } from "../renew.js"
import { endRow, movedUp, rowsIn, showInOrder, sumFolders, tellNew } from "./listed.js"

const PACE = 3000 // ms between two looks
const SPREAD = 1000 // ms over which a thousand lists look
const ALONG = 7000 // ms in which another tab of theirs, where it is open, tells that it was read
const MOST = 500 // channels that are heard of
const NEWS = "news:"

customElements.define("channel-list", class extends HTMLElement {
  #due = new Set() // ids of channels whose rows may be another by now
  #fresh = new Set() // those of them in which something changed
  #others = new Map() // what is no row of this page: id → rev
  #elsewhere = new Set() // what would stand elsewhere, or is not here
  #looked = 0
  #timer
  #again

  connectedCallback() {
    document.addEventListener("visibilitychange", this.#later)
    this.addEventListener("click", this.#press)
  }

  disconnectedCallback() {
    clearTimeout(this.#timer)
    clearTimeout(this.#again)
    document.removeEventListener("visibilitychange", this.#later)
  }

  listen() {
    const rows = [...rowsIn(this)].map(([id, { dataset }]) => [id, Number(dataset.rev)])
    send({ verb: "listen", channels: Object.fromEntries([...rows, ...this.#others].slice(0, MOST)) })
  }

  changed(id) {
    this.#fresh.add(id)
    this.ask(id)
  }

  // Without ids: what was said among few.
  ask(...ids) {
    for (const id of ids.length ? ids : [""]) this.#due.add(id)
    this.#later()
  }

  askAll() {
    this.ask("", ...rowsIn(this).keys())
  }

  end(id) {
    endRow(rowsIn(this).get(id))
    sumFolders(this)
  }

  #later = () => {
    if (!this.#due.size || document.hidden) return
    this.#timer ??= setTimeout(this.#look, Math.max(0, this.#looked + PACE - Date.now()) + SPREAD * Math.random())
  }

  #look = async () => {
    const ids = [...this.#due]
    const fresh = ids.filter((id) => this.#fresh.has(id))
    this.#due.clear()
    this.#fresh.clear()
    const address = new URL(this.getAttribute("src"), location.href)
    address.searchParams.set("of", ids.filter(Boolean).join())
    const page = await pageAt(address).catch(() => null) // no network: all is asked when the line is back
    this.#looked = Date.now()
    this.#timer = undefined
    if (page && this.isConnected) this.#take(page, ids, fresh)
    this.#later()
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
    const badge = page.getElementById("unread-channels")
    document.getElementById("unread-channels")?.replaceWith(document.adoptNode(badge))
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
  if (greeted) shown()?.askAll() // what was read meanwhile is told by nobody
  greeted = true
  shown()?.listen()
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
