// When the next picture is drawn; where none is, because nobody looks, soon all the same.
//
//   await nextFrame()    in the turn of the picture, before it is drawn
//   await afterFrame()   in the turn after it: what takes long does not hold up the picture

const LATEST = 200 // ms

export function nextFrame() {
  return new Promise((done) => {
    const timer = setTimeout(done, LATEST)
    requestAnimationFrame(() => {
      clearTimeout(timer)
      done()
    })
  })
}

export async function afterFrame() {
  await nextFrame()
  await new Promise((done) => setTimeout(done))
}
