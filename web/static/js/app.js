// The first thing every page loads. It finds its elements by their tags; without it the page still works.

import { start } from "./live.js"
import { renew } from "./renew.js"
import { open } from "./sender.js"
import "./bell.js"
import "./forum/announcement-banner.js"
import "./keys-switch.js"
import "./live-status.js"
import "./live-stream.js"
import "./local-time.js"
import "./menus.js"
import "./offline.js"
import "./polling.js"
import { forKeys, whenPressed } from "./when-needed.js"

whenPressed("a[data-dialog]", "./page-dialog.js")
forKeys("./keys.js")

if (document.body.dataset.member) {
  start()
  open()
  document.addEventListener("line", ({ detail }) => detail.state === "standing" && renew().catch(() => {}))
}
