// Markdown put into a text box so that the browser's own undo takes it out again.
//
//   put(box, text, start, end)   in place of what stands there
//   surround(box, mark, word)    around what is selected, or around a word; away where it stands already
//   begin(box, mark)             before each of the lines that are selected
//   block(box, text)             as a paragraph of its own

export function put(box, text, start = box.selectionStart, end = box.selectionEnd) {
  box.focus()
  box.setSelectionRange(start, end)
  if (document.execCommand("insertText", false, text)) return
  box.setRangeText(text, start, end, "end")
  box.dispatchEvent(new InputEvent("input", { bubbles: true }))
}

export function surround(box, mark, word) {
  const { selectionStart: start, selectionEnd: end, value } = box
  const size = mark.length
  if (value.slice(start - size, start) === mark && value.slice(end, end + size) === mark) {
    put(box, value.slice(start, end), start - size, end + size)
    return box.setSelectionRange(start - size, end - size)
  }
  const text = value.slice(start, end) || word
  put(box, `${mark}${text}${mark}`)
  box.setSelectionRange(start + size, start + size + text.length)
}

export function begin(box, mark) {
  const { selectionEnd: end, value } = box
  const start = value.lastIndexOf("\n", box.selectionStart - 1) + 1
  const lines = value.slice(start, end).split("\n").map((line) => mark + line).join("\n")
  const gap = start && value.slice(0, start).trim() && !value.slice(0, start).endsWith("\n\n") ? "\n" : ""
  put(box, gap + lines, start, end)
}

export function block(box, text) {
  const before = box.value.slice(0, box.selectionEnd)
  const gap = before.trim() ? "\n".repeat(2 - /\n{0,2}$/.exec(before)[0].length) : ""
  put(box, `${gap}${text}\n\n`, box.selectionEnd, box.selectionEnd)
}
