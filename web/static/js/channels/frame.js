// When the next picture is drawn; where none is, because nobody looks, soon all the same.
//
//   await nextFrame()

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
