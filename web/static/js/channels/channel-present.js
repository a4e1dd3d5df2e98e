// <channel-present id="present-channel:7">: who is here. Told anew, it stays open or closed as it was.

customElements.define("channel-present", class extends HTMLElement {
  put(told) {
    this.querySelector("summary .num").textContent = told.dataset.count
    this.querySelector(".present-now").replaceWith(told)
  }
})
