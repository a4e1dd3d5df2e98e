// Without a network a page that is not there yet is answered by the offline page instead of the
// browser's own error. Nothing a member may see is ever stored here: only that page and how it looks.
//
// Served as /sw.js?v=… (web/offline.py); a new version fetches its own copies and removes the old.

const HELD = `offline ${new URL(location).searchParams.get("v")}`
const PAGE = "/offline"

addEventListener("install", (event) => event.waitUntil(hold().then(() => self.skipWaiting())))
addEventListener("activate", (event) => event.waitUntil(removeOld().then(() => self.clients.claim())))

addEventListener("fetch", (event) => {
  const { request } = event
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => caches.match(PAGE, { ignoreVary: true })))
  else if (new URL(request.url).pathname.startsWith("/static/")) event.respondWith(held(request))
})

async function hold() {
  const page = await fetch(PAGE, { credentials: "omit" })
  const drawn = await page.clone().text()
  const cache = await caches.open(HELD)
  await cache.put(PAGE, page)
  await cache.addAll([...new Set(drawn.match(/\/static\/[^"#]+/g))])
}

async function held(request) {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request)
}

async function removeOld() {
  for (const name of await caches.keys()) if (name !== HELD) await caches.delete(name)
}
