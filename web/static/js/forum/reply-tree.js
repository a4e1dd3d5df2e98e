// <reply-tree id="topic:5" data-from="1" data-to="20">: puts a post below the one it answers, and what
// was done with the topic (data-after: the seq of the last post then) between the posts.
// The counterpart of web/threads.py: two levels of replies, what is deeper is counted at "continue".
// With data-flat all stand one after the other. data-to is the last seq of this page where there are later ones,
// data-last that of the topic when it was drawn; of what came after, event "arrived" tells.

import { steadily } from "./steady.js"

const DEEPEST = 2

customElements.define("reply-tree", class extends HTMLElement {
  put(item, fresh) {
    steadily(() => this.#put(item, fresh))
  }

  #put(item, fresh) {
    const shown = document.getElementById(item.id) ?? stoodAt(item)
    if (shown) return shown.replaceWith(item)
    if (item.dataset.after) return this.#putLine(item)
    const id = item.id.replace("post-", "")
    if (this.#foldWith(id)) return // edited
    const fold = this.#foldWith(item.dataset.was)
    if (fold) return rename(fold, item.dataset.was, id)
    this.#putPost(item, fresh)
    this.#adopt(id)
    const isNew = Number(item.dataset.seq) > Number(this.dataset.last) && !item.dataset.was
    if (isNew) this.dispatchEvent(new CustomEvent("arrived", { bubbles: true, detail: item }))
  }

  #putPost(post, fresh) {
    const id = post.id.replace("post-", "")
    if (Number(post.dataset.seq) > Number(this.dataset.to ?? Infinity)) return
    const parent = "flat" in this.dataset ? undefined : post.dataset.parent
    const fold = this.#foldWith(parent)
    const above = this.querySelector(`#post-${parent}`)
    if (fold) count(fold, id)
    else if (!above) this.#insert(this.querySelector(".posts"), post, fresh)
    else if (levelOf(above) === DEEPEST) count(this.#newFold(above, parent), id)
    else this.#insert(repliesTo(above), post, fresh)
  }

  // What was missed comes in the order of its last change: an answer may come before what it answers.
  #adopt(id) {
    if ("flat" in this.dataset) return
    const orphans = this.querySelectorAll(`.posts > li > .post[data-parent="${id}"]`)
    for (const orphan of orphans) this.#putAnew(orphan.parentElement)
  }

  #putAnew(item) {
    const folds = [...item.querySelectorAll(".continue")].map((fold) => [fold.href, fold.dataset.folded.trim().split(" ")])
    item.remove()
    for (const post of item.querySelectorAll(".post")) this.#putPost(post, post.parentElement.matches(".fresh"))
    for (const [href, ids] of folds) for (const id of ids) count(this.#foldWith(href.split("/").at(-1)), id)
  }

  #putLine(line) {
    const after = Number(line.dataset.after)
    const first = Number(this.dataset.from)
    const here = (first === 1 || after >= first) && after <= Number(this.dataset.to ?? Infinity)
    document.getElementById(line.id)?.remove() // words were taken out of it
    if (here) insertInTime(this.querySelector(".posts"), line)
  }

  #insert(list, post, fresh) {
    const item = document.createElement("li")
    item.classList.toggle("fresh", fresh && post.dataset.author !== document.body.dataset.member)
    item.append(post)
    insertInTime(list, item)
  }

  #foldWith(id) {
    return id && this.querySelector(`[data-folded~="${id}"]`)
  }

  #newFold(above, id) {
    const item = above.parentElement
    const shown = item.querySelector(":scope > .continue")
    if (shown) return shown
    const fold = this.querySelector("template").content.firstElementChild.cloneNode(true)
    fold.href = `/posts/${id}`
    fold.dataset.folded = ""
    item.append(fold)
    return fold
  }
})

// What was missed comes in the order of its last change. Most are the newest, so we look from the end.
function insertInTime(list, item) {
  let before = list.lastElementChild
  while (before && timeOf(before) > timeOf(item)) before = before.previousElementSibling
  if (before) before.after(item)
  else list.prepend(item)
}

function timeOf(item) {
  if (item.dataset.after) return Number(item.dataset.after) + 0.5
  return Number(item.querySelector(":scope > .post")?.dataset.seq ?? -1)
}

// What was moved to another topic (data-was: its id) leaves a stub where it stood.
function stoodAt(stub) {
  const post = stub.dataset.was && document.getElementById(`post-${stub.dataset.was}`)
  return post && post.dataset.seq === stub.dataset.seq ? post : undefined
}

function rename(fold, was, id) {
  fold.dataset.folded = fold.dataset.folded.replace(new RegExp(`\\b${was}\\b`), id)
}

function levelOf(post) {
  let level = 0
  for (let list = post.closest(".replies"); list; list = list.parentElement.closest(".replies")) level++
  return level
}

function repliesTo(post) {
  const item = post.parentElement
  const shown = item.querySelector(":scope > .replies")
  if (shown) return shown
  const list = document.createElement("ol")
  list.className = "replies"
  post.after(list)
  return list
}

function count(fold, id) {
  fold.dataset.folded += `${id} `
  fold.querySelector("b").textContent = fold.dataset.folded.trim().split(" ").length
}
