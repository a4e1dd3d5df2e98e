// <news-part id="threads" revs="7:41 9:3" within="3">: a part of this page that shows what waits in these
// channels. When something changed in one of them, or was read elsewhere, it shows what waits by now, and so
// does the bar.
//
// It hears of each channel once (`listen`), looks, and listens again. It looks at most every so many seconds,
// spread over as many, and not while nobody does: thousands may have joined a channel in which hundreds talk.

import { NotNow, pageAt } from "../html.js"
import { on, send } from "../live.js"
import { keepingFocus } from "../renew.js"
import { showUnread } from "./listed.js"
import { Looking } from "./looking.js"

customElements.define("news-part", class extends HTMLElement {
  #looking

  connectedCallback() {
    const within = Number(this.getAttribute("within")) * 1000
    this.#looking = new Looking(() => this.#look(), within, within)
    this.#looking.begin()
  }

  disconnectedCallback() {
    this.#looking.end()
  }

  listen() {
    const revs = this.getAttribute("revs").split(" ").filter(Boolean).map((one) => one.split(":"))
    send({ verb: "listen", channels: Object.fromEntries(revs.map(([id, rev]) => [id, Number(rev)])) })
  }

  ask() {
    this.#looking.ask([""])
  }

  async #look() {
    const page = await pageAt(location.href).catch((error) => {
      if (error instanceof NotNow) throw error // without a network it is asked when the line is back
    })
    const now = page?.getElementById(this.id)
    if (now && this.isConnected) this.#show(page, now)
  }

  #show(page, now) {
    showUnread(page)
    this.setAttribute("revs", now.getAttribute("revs"))
    keepingFocus(() => this.replaceChildren(...document.adoptNode(now).childNodes))
    this.dispatchEvent(new CustomEvent("shown", { bubbles: true, detail: { fresh: false } }))
    this.listen()
  }
})

let greeted = false
let bell = bellNow()

on("hello", () => {
  if (greeted) ask() // what was read meanwhile is told by nobody
  greeted = true
  shown()?.listen()
})
on("polled", ask)
on("changed", ({ stream }) => stream.startsWith("news:") && ask())
on("refresh", ({ target }) => target === "unread-channels" && ask())
on("revoked", ({ stream }) => stream.startsWith("channel:") && ask())
on("put", ({ target }) => {
  if (target !== "bell" || bell === bellNow()) return
  bell = bellNow()
  ask()
})

function ask() {
  shown()?.ask()
}

function shown() {
  return document.querySelector("news-part")
}

function bellNow() {
  return document.getElementById("bell")?.textContent
}
