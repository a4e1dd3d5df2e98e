// <announcement-read data-announcement="announcement:3">: who has the announcement open need not be told
// of it any more, so its notice counts as read.

import { on, send } from "../live.js"

customElements.define("announcement-read", class extends HTMLElement {
  connectedCallback() {
    this.#tell()
    on("hello", () => this.isConnected && this.#tell())
  }

  #tell() {
    send({ verb: "read", stream: this.dataset.announcement, seq: 1 })
  }
})
