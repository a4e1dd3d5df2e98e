// <drop-files>: files are dropped on the form inside or pasted, too, and one sees how far they are sent.
// fetch() does not say how much has left, so this asks as browsers did before it.

customElements.define("drop-files", class extends HTMLElement {
  connectedCallback() {
    this.querySelector("[data-dropping]").hidden = false
    this.addEventListener("dragover", keepHere)
    this.addEventListener("drop", this.#drop)
    document.addEventListener("paste", this.#paste)
    this.addEventListener("submit", this.#send)
  }

  disconnectedCallback() {
    this.removeEventListener("dragover", keepHere)
    this.removeEventListener("drop", this.#drop)
    document.removeEventListener("paste", this.#paste)
    this.removeEventListener("submit", this.#send)
  }

  #drop = (event) => {
    event.preventDefault()
    this.#take(event.dataTransfer)
  }

  #paste = ({ clipboardData }) => this.#take(clipboardData)

  // Beside those that were chosen before.
  #take({ files }) {
    if (!files.length) return
    const input = this.querySelector("input[type=file]")
    const all = new DataTransfer()
    for (const file of [...input.files, ...files]) all.items.add(file)
    input.files = all.files
  }

  #send = (event) => {
    event.preventDefault()
    const form = event.target
    const asking = new XMLHttpRequest()
    asking.upload.addEventListener("progress", ({ loaded, total }) => this.#say("sending", (100 * loaded) / total))
    asking.upload.addEventListener("load", () => this.#say("making", 100))
    asking.addEventListener("error", () => this.#say("failed", 0))
    asking.addEventListener("load", () => this.#done(asking))
    asking.open("POST", form.action)
    asking.send(new FormData(form))
  }

  // Where it was refused the form says why when it is sent as browsers send it.
  #done({ status, responseURL }) {
    if (status < 400) location.assign(responseURL)
    else this.querySelector("form").submit()
  }

  #say(word, percent) {
    const line = this.querySelector("[data-progress]")
    line.hidden = false
    line.querySelector("progress").value = percent
    line.querySelector("[role=status]").textContent = this.dataset[word]
  }
})

function keepHere(event) {
  event.preventDefault()
}
