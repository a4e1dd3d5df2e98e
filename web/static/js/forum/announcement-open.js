// <announcement-open data-shown="announcement-3">: who has an announcement open sees it corrected or
// withdrawn. While the line is there a frame says so; what was missed meanwhile is asked for with the next.

import { show } from "../frames.js"
import { on } from "../live.js"

let greeted = false

on("hello", () => {
  const open = greeted && document.querySelector("announcement-open")
  greeted = true
  if (open) show.refresh({ target: open.dataset.shown, within: 5 })
})
