// <live-stream stream="channel:7" rev="41">: what is inside follows the stream from there on.
//
// Inside it stands the list, <ol id="channel:7" data-from="12">, of entries that each have an id,
// data-seq, data-rev and data-author; data-from is the seq from which entries are loaded. A heading
// that changes with the stream has id="stream-heading", wherever it stands. Entries of the reader get
// the class `mine`. When the member may not see the stream any more the element says why.

import { pageAt } from "./html.js"
import { follow, unfollow } from "./live.js"
import { renew, renewStream } from "./renew.js"
import { fetched } from "./when-needed.js"
import { say } from "./words.js"

customElements.define("live-stream", class extends HTMLElement {
  connectedCallback() {
    this.epoch ??= document.body.dataset.epoch
    this.addEventListener("shown", ({ target }) => this.#mark(target))
    this.#mark(this)
    if (document.body.dataset.member) follow(this)
  }

  disconnectedCallback() {
    unfollow(this)
  }

  get stream() {
    return this.getAttribute("stream")
  }

  get rev() {
    return Number(this.getAttribute("rev"))
  }

  set rev(rev) {
    this.setAttribute("rev", rev)
  }

  // What stands beside the page is from a page of its own.
  reload() {
    const beside = this.closest("[data-page]")?.dataset.page
    return beside ? pageAt(beside).then((page) => renewStream(this, page)) : renew()
  }

  end(reason) {
    const sentence = document.createElement("p")
    sentence.className = "notice notice-warn"
    sentence.textContent = reason || say("revoked")
    this.replaceChildren(sentence)
    this.dispatchEvent(new CustomEvent("ended", { bubbles: true }))
  }

  #mark(shown) {
    const mine = `[data-author="${CSS.escape(document.body.dataset.member ?? "")}"]`
    if (shown.matches(mine)) shown.classList.add("mine")
    for (const entry of shown.querySelectorAll(mine)) entry.classList.add("mine")
    if (shown.querySelector(".mine own-words, :scope.mine own-words")) fetched("./moderation/own-words.js").catch(() => {})
  }
})
