// Passkeys, as the browser wants them asked for: bytes, where JSON has base64url.
//
//   supported()       whether this browser has them
//   fillsIn()         whether it offers them where it fills in an address, before anybody asks for one
//   asked(element)    what the server wants signed, at its data-ask, where the element stands: data-where
//   made(options)     a new one, as JSON for the form
//   used(options)     one that there is, as JSON for the form
//   chosen(options)   the same, once somebody chooses it in a field with autocomplete="… webauthn"
//   stop()            ends what waits for that
//
// They take what the server made and throw what the browser throws: NotAllowedError where the member said no,
// AbortError where another question came after this one. A browser answers one at a time.

let asking = new AbortController()

export function supported() {
  return Boolean(globalThis.PublicKeyCredential && navigator.credentials)
}

export async function fillsIn() {
  return supported() && Boolean(await PublicKeyCredential.isConditionalMediationAvailable?.())
}

export async function asked({ dataset: { ask, where } }) {
  const answer = await fetch(ask, { method: "POST", body: new URLSearchParams({ where }) })
  if (!answer.ok) throw new TypeError(`${answer.status}`)
  return answer.json()
}

export function stop() {
  asking.abort()
}

export async function made(options) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: options.excludeCredentials.map(described),
  }
  const { id, rawId, type, response } = await navigator.credentials.create({ publicKey })
  const answer = { clientDataJSON: text(response.clientDataJSON), attestationObject: text(response.attestationObject) }
  return JSON.stringify({ id, rawId: text(rawId), type, response: answer })
}

export function used(options) {
  return signed(options, {})
}

export function chosen(options) {
  return signed(options, { mediation: "conditional" })
}

async function signed(options, how) {
  stop()
  asking = new AbortController()
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: options.allowCredentials.map(described),
  }
  const { id, rawId, type, response } = await navigator.credentials.get({ publicKey, ...how, signal: asking.signal })
  const answer = {
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    userHandle: response.userHandle?.byteLength ? text(response.userHandle) : null,
  }
  return JSON.stringify({ id, rawId: text(rawId), type, response: answer })
}

function described(credential) {
  return { ...credential, id: bytes(credential.id) }
}

function bytes(base64url) {
  const base64 = base64url.replaceAll("-", "+").replaceAll("_", "/")
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
}

function text(buffer) {
  const letters = String.fromCharCode(...new Uint8Array(buffer))
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}
