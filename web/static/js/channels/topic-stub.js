// <topic-stub src="/channels/7/topics" message="51" data-closed="…">: the link of a stub says how the topic is
// called, to who may read it; to others, that they may not. The stub itself is the same for everybody.
//
// It is asked when one comes near it, for all of them together; where the page has been open, over a while: a
// thousand may have it open when one comes. What cannot be asked keeps its link.

import { pageAt } from "../html.js"

const WHILE = 5000 // ms over which all look who see it come
const AT_ONCE = 200 // stubs of one question

const asked = new Map() // address → those that are to be asked for
const near = new IntersectionObserver((seen) => {
  for (const { isIntersecting, target } of seen) if (isIntersecting) target.ask()
})

customElements.define("topic-stub", class extends HTMLElement {
  connectedCallback() {
    near.observe(this)
  }

  disconnectedCallback() {
    near.unobserve(this)
  }

  ask() {
    near.unobserve(this)
    const address = this.getAttribute("src")
    if (!asked.has(address)) setTimeout(look, performance.now() < WHILE ? 0 : WHILE * Math.random(), address)
    asked.set(address, [...asked.get(address) ?? [], this])
  }

  tell(link) {
    if (link) this.replaceChildren(document.adoptNode(link))
    else this.textContent = this.dataset.closed
  }
})

async function look(address) {
  const stubs = asked.get(address).filter(({ isConnected }) => isConnected)
  asked.delete(address)
  for (let n = 0; n < stubs.length; n += AT_ONCE) await tellSome(address, stubs.slice(n, n + AT_ONCE))
}

async function tellSome(address, stubs) {
  const of = stubs.map((stub) => stub.getAttribute("message")).join()
  const page = await pageAt(`${address}?of=${of}`).catch(() => null)
  if (!page) return
  for (const stub of stubs) stub.tell(page.querySelector(`[data-message="${stub.getAttribute("message")}"] a`))
}
