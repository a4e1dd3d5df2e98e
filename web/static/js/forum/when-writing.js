// The tools of a composer are fetched when somebody turns to it, and those of polls where there is one.

import { fetched, whenPressed } from "../when-needed.js"

const TOOLS = ["forum/attach-files", "community/mention-list", "forum/write-preview", "community/write-tools"].map((name) => `./${name}.js`)

for (const type of ["focusin", "pointerover", "dragenter"]) {
  document.addEventListener(type, ({ target }) => target.closest?.("post-composer") && fetched(...TOOLS).catch(() => {}))
}
for (const tools of document.querySelectorAll("write-tools")) tools.hidden = false // nothing moves when they come
whenPressed("[data-mark], [data-preview]", ...TOOLS)

document.addEventListener("selectionchange", () => fetched("./forum/quote-selection.js").catch(() => {}), { once: true })

document.addEventListener("shown", polls)
polls()

function polls() {
  if (document.querySelector("post-poll")) fetched("./forum/post-poll.js").catch(() => {}) // its link leads there
}
