// <quote-selection>: a button below what is selected in a post. It gives the words to the composer of
// the page, with who said them and where (event "quote" on the document, {detail: {post, text}}).

customElements.define("quote-selection", class extends HTMLElement {
  connectedCallback() {
    document.addEventListener("selectionchange", this.#look)
    this.addEventListener("pointerdown", keepSelection)
    this.addEventListener("click", this.#quote)
    this.#look()
  }

  disconnectedCallback() {
    document.removeEventListener("selectionchange", this.#look)
  }

  #look = () => {
    const found = selected()
    this.hidden = !found
    if (!found) return
    const { bottom, left } = found.range.getBoundingClientRect()
    const widest = document.documentElement.clientWidth - this.offsetWidth
    this.style.top = `${bottom + scrollY + 8}px`
    this.style.left = `${Math.max(0, Math.min(left + scrollX, widest))}px`
  }

  #quote = () => {
    const found = selected()
    if (!found) return
    const { post, text } = found
    getSelection().removeAllRanges()
    document.dispatchEvent(new CustomEvent("quote", { detail: { post, text: quoted(post, text) } }))
  }
})

// What is selected within one post.
function selected() {
  const selection = getSelection()
  if (selection.isCollapsed || !selection.toString().trim()) return
  const range = selection.getRangeAt(0)
  const within = range.commonAncestorContainer
  const body = (within.closest ? within : within.parentElement).closest("reply-tree .post-body")
  return body && { range, post: body.closest(".post"), text: selection.toString().trim() }
}

// As forum/quotes.py does it.
function quoted(post, text) {
  const author = post.querySelector(".author-name").textContent.replace(/[\\*_`[\]<>]/g, "\\$&")
  const link = `[${post.querySelector(".post-number").textContent}](${post.id.replace("post-", "/posts/")})`
  const lines = text.split("\n").map((line) => `> ${line}`.trimEnd())
  return [`> **${author}** ${link}:`, ">", ...lines].join("\n")
}

function keepSelection(event) {
  event.preventDefault()
}
