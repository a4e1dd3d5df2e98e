// <log-keys>: the talk by keys, and before it the way past it. The whole <channel-log> beside it is one stop of
// Tab: where one is in it. What can be pressed in a message is a stop as long as one is at that message.
//
//   ArrowDown ArrowUp · j k   the next message, the one before; at an end what is beyond it is loaded
//   Home End                  the first message of the page, the newest of all
//   Enter · m                 what can be done with it (its page in a dialog)
//   r                         answers it
//   Escape                    back to where one writes
//
// Letters can be turned off (<keys-switch>), and j and k work wherever one is not writing. Fetched for those
// who have keys: without it everything that can be pressed is a stop, and the way past them is a link.

import { areOn } from "../keys-switch.js"
import { openPage } from "../page-dialog.js"
import { STOP, isInSight, rest, stopsOf, wake } from "./log-stops.js"

const NOT_OURS = ["defaultPrevented", "isComposing", "ctrlKey", "metaKey", "altKey", "shiftKey"]
const STEPS = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, Home: -Infinity, End: Infinity }

customElements.define("log-keys", class extends HTMLElement {
  #at // the message one is at, or was last
  #gone = new AbortController()
  #changes = new MutationObserver((changes) => this.#changed(changes))

  connectedCallback() {
    const { signal } = this.#gone
    this.#log.addEventListener("focusin", ({ target }) => this.#enter(target.closest(STOP)), { signal })
    this.#log.addEventListener("focusout", (event) => this.#leave(event), { signal })
    this.#log.addEventListener("keydown", (event) => this.#key(event), { signal })
    document.addEventListener("keydown", (event) => this.#keyElsewhere(event), { signal })
    this.addEventListener("click", (event) => this.#write() && event.preventDefault(), { signal })
    rest(this.#log)
    this.#changes.observe(this.#log, { childList: true, subtree: true })
  }

  disconnectedCallback() {
    this.#gone.abort()
    this.#changes.disconnect()
  }

  get #log() {
    return this.parentElement.querySelector("channel-log")
  }

  get #composer() {
    return this.parentElement.querySelector("channel-composer textarea")
  }

  #enter(message) {
    if (!message) return
    if (this.#at !== message) this.#forget()
    this.#at = message
    this.#log.tabIndex = -1
    wake(message)
  }

  #leave({ target, relatedTarget }) {
    const message = target.closest(STOP)
    if (message && !message.contains(relatedTarget)) rest(message)
  }

  #forget() {
    this.#at?.removeAttribute("tabindex")
    if (this.#at) this.#at.ariaLabel = null
    this.#at = undefined
    this.#log.tabIndex = 0
  }

  // What came rests. What one was at may have been drawn anew; where it is no more, the talk is the stop.
  #changed(changes) {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.localName) rest(node)
    if (!this.#at || this.#at.isConnected) return
    const again = document.getElementById(this.#at.id)
    this.#forget()
    this.#enter(again)
    if (again) rest(again)
    else if (document.activeElement === document.body) this.#log.focus({ preventScroll: true })
  }

  #key(event) {
    if (isAnothers(event) || !this.#does(event)) return
    event.preventDefault()
  }

  #does({ key, target }) {
    if (key in STEPS) return this.#move(key)
    if (key === "m" || (key === "Enter" && target.matches(STOP))) return this.#open(target)
    if (key === "r") return this.#answer(target)
    return key === "Escape" && this.#write()
  }

  #keyElsewhere(event) {
    const first = document.querySelector("log-keys") === this
    if (!first || !"jk".includes(event.key) || event.target.closest(".log") || isAnothers(event)) return
    event.preventDefault()
    this.#move(event.key)
  }

  #move(key) {
    if (key === "End") this.#log.toEnd().then(() => this.#go(stopsOf(this.#log).at(-1)))
    else this.#step(STEPS[key])
    return true
  }

  #step(step) {
    const all = stopsOf(this.#log)
    const at = all.indexOf(document.activeElement.closest(STOP) ?? this.#at)
    if (at < 0 && step !== -Infinity) return this.#go(all.findLast(isInSight))
    if (!all[at + step]) this.#load(step < 0 ? ".older" : ".newer")
    this.#go(all[at + step] ?? all.at(step < 0 ? 0 : -1))
  }

  #load(side) {
    this.#log.querySelector(`${side}:not([hidden]) > [rel]`)?.click()
  }

  #go(message) {
    if (!message) return
    this.#enter(message)
    message.focus({ preventScroll: true })
    message.scrollIntoView({ block: "nearest" })
  }

  #open(target) {
    const link = target.closest(STOP)?.querySelector(".message-open")
    if (link) openPage(link.href)
    return Boolean(link)
  }

  #answer(target) {
    const id = target.closest(`${STOP}:has(.message-open)`)?.id.slice("message-".length)
    if (id) this.#log.dispatchEvent(new CustomEvent("answer", { bubbles: true, detail: { id } }))
    return Boolean(id)
  }

  // Of a thread beside the channel it is the thread's.
  #write() {
    this.#composer?.focus()
    return Boolean(this.#composer)
  }
})

// Of who writes or chooses messages, has something open in front, or turned letters off.
function isAnothers(event) {
  if (NOT_OURS.some((name) => event[name])) return true
  if (event.target.closest("input, textarea, select, [contenteditable]")) return true
  if (event.key.length === 1 && !areOn()) return true
  return Boolean(document.querySelector("dialog[open], details.menu[open], .choosing"))
}
