// Files for a form, however they come: chosen in its input, dropped on it or pasted into it.
//
//   pickFiles(form, input, take, signal)   `take` is given them; what is in the input already, at once

export function pickFiles(form, input, take, signal) {
  const chosen = () => {
    take(input.files)
    input.value = ""
  }
  input.removeAttribute("name") // sent from here, not with the form
  input.addEventListener("change", chosen, { signal })
  form.addEventListener("dragover", (event) => event.preventDefault(), { signal })
  form.addEventListener("drop", (event) => {
    event.preventDefault()
    take(event.dataTransfer.files)
  }, { signal })
  form.addEventListener("paste", (event) => {
    const { files } = event.clipboardData
    if (!files.length) return
    event.preventDefault()
    take(files)
  }, { signal })
  chosen() // while this was on its way
}
