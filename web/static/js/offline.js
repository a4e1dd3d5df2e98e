// Registers the service worker once the page has all it needs: it only matters when the network is gone.

import { scriptAt } from "./html.js"

const version = new URL(import.meta.url).pathname.split("/")[2] // of all static files: /static/VERSION/js/…

addEventListener("load", () => {
  navigator.serviceWorker?.register(scriptAt(`/sw.js?v=${version}`)).catch(() => {}) // a private window may refuse
})
