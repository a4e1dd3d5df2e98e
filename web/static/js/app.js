// The first thing every page loads. It finds its elements by their tags; without it the page still works.

import { start } from "./live.js"
import { renew } from "./renew.js"
import { open } from "./sender.js"
import "./forum/announcement-banner.js"
import "./keys-switch.js"
import "./live-status.js"
import "./live-stream.js"
import "./local-time.js"
import "./menus.js"
import "./offline.js"
import "./polling.js"
import { fetched, whenPressed } from "./when-needed.js"

whenPressed("a[data-dialog]", "./page-dialog.js")

// Phones have no keys; whoever puts some to one has them from the second press on.
const keys = () => fetched("./keys.js").catch(() => {})
if (matchMedia("(any-pointer: fine)").matches) keys()
else document.addEventListener("keydown", keys, { once: true })

if (document.body.dataset.member) {
  start()
  open()
  document.addEventListener("line", ({ detail }) => detail.state === "standing" && renew().catch(() => {}))
}
