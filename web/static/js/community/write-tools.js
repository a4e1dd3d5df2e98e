// <write-tools>: buttons that set marks in the text of their field or form, and their keys: Ctrl (or ⌘) with the
// key that is named at the button. One of the buttons is on the way of Tab, arrows lead to the others.

import { begin, block, put, surround } from "./marking.js"

const SETS = {
  bold: (box, word) => surround(box, "**", word),
  italic: (box, word) => surround(box, "*", word),
  link: (box, word) => link(box, word),
  list: (box) => begin(box, "- "),
  quote: (box) => begin(box, "> "),
  code: (box, word) => code(box, word),
  table: (box, word) => block(box, `| ${word} | ${word} |\n| --- | --- |\n|  |  |`),
}

customElements.define("write-tools", class extends HTMLElement {
  connectedCallback() {
    this.hidden = false
    for (const [at, button] of this.#buttons.entries()) button.tabIndex = at ? -1 : 0
    this.addEventListener("click", this.#press)
    this.addEventListener("keydown", this.#walk)
    this.#field.addEventListener("keydown", this.#shortcut)
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#press)
    this.removeEventListener("keydown", this.#walk)
  }

  get #field() {
    return this.closest(".field, form")
  }

  get #buttons() {
    return [...this.querySelectorAll("button")]
  }

  #press = ({ target }) => {
    const button = target.closest("button")
    if (button) this.#set(button)
  }

  #set({ dataset: { mark, word } }) {
    SETS[mark](this.#field.querySelector("textarea"), word)
  }

  #shortcut = (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return
    const keys = `${event.shiftKey ? "Shift+" : ""}${event.code.replace(/^(Key|Digit)/, "")}`
    const button = this.#buttons.find(({ dataset }) => dataset.keys === keys)
    if (!button) return
    event.preventDefault()
    this.#set(button)
  }

  #walk = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const all = this.#buttons
    const here = all.indexOf(document.activeElement)
    const next = all[(here + step + all.length) % all.length]
    all[here].tabIndex = -1
    next.tabIndex = 0
    next.focus()
  }
})

function link(box, word) {
  const { selectionStart: start, selectionEnd: end, value } = box
  const text = value.slice(start, end) || word
  put(box, `[${text}](https://)`)
  const at = start + text.length + 3
  box.setSelectionRange(at, at + "https://".length)
}

function code(box, word) {
  const text = box.value.slice(box.selectionStart, box.selectionEnd)
  if (!text.includes("\n")) return surround(box, "`", word)
  put(box, `\`\`\`\n${text.replace(/\n$/, "")}\n\`\`\`\n`)
}
