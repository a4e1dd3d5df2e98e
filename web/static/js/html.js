// The one door through which HTML enters the page. Only what our own server drew comes through it:
// frames of our socket and pages of our origin. Everything else is textContent.
//
//   elementFrom(html)     the first element of a drawn row
//   pageAt(address)       another page of ours, or this one as it is now: a Document
//   documentFrom(text)    a page that was fetched otherwise
//   scriptAt(path)        for the service worker
//
// The Content-Security-Policy allows one trusted-types policy, `akar`, and this file makes it.

const rules = {
  createHTML: (html) => html,
  createScriptURL: (path) => {
    const url = new URL(path, location.origin)
    if (url.origin !== location.origin) throw new TypeError(`not ours: ${path}`)
    return url.href
  },
}

const policy = globalThis.trustedTypes?.createPolicy("akar", rules) ?? rules

export class NotThere extends Error {}

// To be asked again, after so many seconds if it was said.
export class NotNow extends TypeError {
  constructor({ status, headers }) {
    super(`${status}`)
    this.seconds = Number(headers.get("retry-after")) || 0
  }
}

export function elementFrom(html) {
  const template = document.createElement("template")
  template.innerHTML = policy.createHTML(html.trim())
  return template.content.firstElementChild
}

// Throws NotThere where the page is gone or asks to sign in, NotNow where it cannot be had yet, and what
// fetch throws without a network.
export async function pageAt(address) {
  const answer = await fetch(address, { cache: "no-store", headers: { accept: "text/html" } })
  if (answer.status >= 500 || answer.status === 429) throw new NotNow(answer)
  const elsewhere = answer.redirected && new URL(answer.url).pathname === "/sign-in"
  if (!answer.ok || elsewhere) throw new NotThere(answer.url)
  return documentFrom(await answer.text())
}

export function documentFrom(text) {
  return new DOMParser().parseFromString(policy.createHTML(text), "text/html")
}

export function scriptAt(path) {
  return policy.createScriptURL(path)
}
