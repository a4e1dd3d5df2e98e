// What a file looks like before the server has it: a picture as pixels, a document as a sign.
//
//   show(sign, file)   `sign` stands there as long as there is no picture

const SIDE = 320 // px of the longer side, as the small print has it

export async function show(sign, file) {
  if (!file.type.startsWith("image/")) return
  const picture = await createImageBitmap(file).catch(() => null) // the server says what it is
  if (!picture) return
  const scale = Math.min(1, SIDE / Math.max(picture.width, picture.height))
  const canvas = document.createElement("canvas")
  canvas.width = Math.max(1, picture.width * scale)
  canvas.height = Math.max(1, picture.height * scale)
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  canvas.setAttribute("role", "img")
  canvas.ariaLabel = file.name
  sign.replaceWith(canvas)
}
