// Fetches what only some visits need when it is needed: a page that is read on a phone stays light.
//
//   fetched(...paths)          modules of this folder, each once; a failure is tried again next time
//   whenPressed(what, ...paths)   before what these selectors name is pressed: the press comes again
//                              when they are here, and goes the way without scripts where they are not
//   forKeys(...paths)          at once where there are keys. Phones have none; whoever puts some to one has
//                              these modules from the second press on

export function fetched(...paths) {
  return Promise.all(paths.map((path) => import(path)))
}

export function whenPressed(what, ...paths) {
  let here = false
  document.addEventListener("click", async (event) => {
    const pressed = event.target.closest?.(what)
    if (here || !pressed || !event.isTrusted || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    event.stopImmediatePropagation()
    here = await fetched(...paths).then(() => true, () => false)
    pressed.click()
  }, { capture: true })
}

export function forKeys(...paths) {
  const now = () => fetched(...paths).catch(() => {})
  if (matchMedia("(any-pointer: fine)").matches) now()
  else document.addEventListener("keydown", now, { once: true })
}
