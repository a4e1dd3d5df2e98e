// <entry-reactions>: marks which reactions are the reader's, and gives or takes one back at a press.
// The row itself comes back live, drawn for everybody; until then the press shows what it will say.

customElements.define("entry-reactions", class extends HTMLElement {
  connectedCallback() {
    const { member } = document.body.dataset
    for (const button of this.querySelectorAll("button")) {
      button.ariaPressed = String(button.dataset.by.split(" ").includes(member))
    }
    this.addEventListener("submit", this.#toggle)
  }

  disconnectedCallback() {
    this.removeEventListener("submit", this.#toggle)
  }

  #toggle = async (event) => {
    event.preventDefault()
    const { submitter: button, target: form } = event
    const given = button.ariaPressed === "true"
    const body = new URLSearchParams({ word: button.value })
    turn(button, !given)
    const path = given ? `${form.action}/withdrawal` : form.action
    const answer = await fetch(path, { method: "POST", body, redirect: "manual" }).catch(() => null)
    if (answer?.type === "opaqueredirect") return
    turn(button, given)
    if (answer) location.assign(form.action) // there it says why
  }
})

function turn(button, given) {
  if (button.ariaPressed === String(given)) return
  const number = button.querySelector("b")
  button.ariaPressed = String(given)
  number.textContent = Number(number.textContent) + (given ? 1 : -1)
}
