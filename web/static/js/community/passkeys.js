// Passkeys, as the browser wants them asked for: bytes, where JSON has base64url.
//
//   supported()               whether this browser has them
//   fillsIn()                 whether it offers them where it fills in an address, before anybody asks for one
//   begun()                   the signal of a new question, which ends the one before: browsers answer one at a time
//   asked(element, signal)    what the server wants signed, at its data-ask, where the element stands: data-where
//   made(options)             a new one, as JSON for the form
//   used(options, signal)     one that there is, as JSON for the form
//   chosen(options, signal)   the same, once somebody chooses it in a field with autocomplete="… webauthn"
//   stop()                    ends the question there is
//
// They take what the server made and throw what the browser throws: NotAllowedError where the member said no,
// AbortError where another question began after this one, however far this one had come.

let asking = new AbortController()

export function supported() {
  return Boolean(globalThis.PublicKeyCredential && navigator.credentials)
}

export async function fillsIn() {
  return supported() && Boolean(await PublicKeyCredential.isConditionalMediationAvailable?.())
}

export function begun() {
  stop()
  asking = new AbortController()
  return asking.signal
}

export async function asked({ dataset: { ask, where } }, signal) {
  const answer = await fetch(ask, { method: "POST", body: new URLSearchParams({ where }), signal })
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

export function used(options, signal) {
  return signed(options, { signal })
}

export function chosen(options, signal) {
  return signed(options, { signal, mediation: "conditional" })
}

async function signed(options, how) {
  const publicKey = {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: options.allowCredentials.map(described),
  }
  const { id, rawId, type, response } = await navigator.credentials.get({ publicKey, ...how })
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
