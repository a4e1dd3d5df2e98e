// What the browser keeps for its member across reloads: small things, under one name each.
//
//   keep(name, value) · kept(name) · forget(name) · names(prefix)
//
// Names carry the member's id, so nobody finds what another left in the same browser. Where storage
// is full or forbidden it is kept as long as the page lives.

const mine = `akar:${document.body.dataset.member ?? ""}:`
const here = new Map()

export function keep(name, value) {
  const text = JSON.stringify(value)
  here.set(name, text)
  try {
    localStorage.setItem(mine + name, text)
  } catch {
    return false // only as long as the page lives
  }
  return true
}

export function kept(name) {
  const text = stored((storage) => storage.getItem(mine + name)) ?? here.get(name)
  return text ? JSON.parse(text) : undefined
}

export function forget(name) {
  here.delete(name)
  stored((storage) => storage.removeItem(mine + name))
}

export function names(prefix) {
  const all = [...here.keys(), ...(stored(Object.keys) ?? []).filter((name) => name.startsWith(mine)).map(own)]
  return [...new Set(all)].filter((name) => name.startsWith(prefix))
}

function own(name) {
  return name.slice(mine.length)
}

function stored(ask) {
  try {
    return ask(localStorage)
  } catch {
    return undefined
  }
}
