// The files of a message on its way, inside its bubble: the picture itself, how far it is, and why it is
// not there. Each stands as in <template id="pending-file">.
//
//   drawFiles(bubble, message)

import { show } from "./file-shown.js"

export function drawFiles(bubble, { enclosed = [] }) {
  const list = bubble.querySelector(".pending-files")
  for (const { given, words } of enclosed) {
    const line = document.getElementById("pending-file").content.firstElementChild.cloneNode(true)
    line.querySelector(".enclosed-name").textContent = words || given.name
    show(line.querySelector(".enclosed-sign"), given)
    list.append(line)
  }
}

document.addEventListener("carried", ({ detail: { key, number, percent, sentence } }) => {
  const bubble = document.querySelector(`[data-pending="${CSS.escape(key)}"]`)
  const line = bubble?.querySelectorAll(".pending-files > li")[number]
  if (!line) return
  line.querySelector("progress").value = percent
  line.querySelector("progress").hidden = percent === 100 && !sentence
  line.querySelector(".file-state").textContent = sentence
})
