// Where the outbox lies, in IndexedDB: what is there outlives its page, the browser and an empty battery.
//
//   shelved()          what this page's member left there
//   shelve(message)    true once it is kept for good
//   unshelve(key)
//
// Where storage is forbidden, full or silent nothing is kept: shelve() says so, the others do nothing.

const SHELF = "outbox"
const PATIENCE = 3000 // ms until storage that does not answer counts as none

const member = Number(document.body.dataset.member)

let opening // the promise of the database

export async function shelved() {
  return (await asked("readonly", (shelf) => shelf.getAll(IDBKeyRange.bound([member], [member, []]))).catch(nothing)) ?? []
}

export function shelve(message) {
  return asked("readwrite", (shelf) => shelf.put({ ...message, member })).then(() => true, () => false)
}

export function unshelve(key) {
  return asked("readwrite", (shelf) => shelf.delete([member, key])).catch(nothing)
}

function asked(mode, question) {
  const answer = opened().then((database) => answered(database.transaction(SHELF, mode, { durability: "strict" }), question))
  const silent = new Promise((_, refuse) => setTimeout(refuse, PATIENCE, new DOMException("no answer", "TimeoutError")))
  return Promise.race([answer, silent])
}

function answered(transaction, question) {
  const request = question(transaction.objectStore(SHELF))
  return new Promise((resolve, refuse) => {
    transaction.addEventListener("complete", () => resolve(request.result))
    transaction.addEventListener("abort", () => refuse(transaction.error)) // as when the disk is full
  })
}

function opened() {
  opening ??= open()
  opening.catch(shut) // a private window may refuse; it is asked again
  return opening
}

function open() {
  return new Promise((resolve, refuse) => {
    const request = indexedDB.open("akar", 1)
    request.addEventListener("upgradeneeded", () => request.result.createObjectStore(SHELF, { keyPath: ["member", "key"] }))
    request.addEventListener("error", () => refuse(request.error))
    request.addEventListener("success", () => {
      request.result.addEventListener("close", shut)
      request.result.addEventListener("versionchange", () => shut(request.result.close()))
      resolve(request.result)
    })
  })
}

function shut() {
  opening = undefined
}

function nothing() {
  return undefined
}
