// What stands in a composer: its texts, and beside them what was chosen, the category, the tags, the
// reason of an edit.
//
//   texts(form)        { title, body }, as far as there are
//   composed(form)     the same with { more }: name → values
//   fill(form, copy)   as it was; a text that is empty takes nothing away

const TEXTS = ["title", "body"]
const APART = new Set([...TEXTS, "place", "version", "key", "reach", "join", "file", "words", "away", "given"])

export function texts(form) {
  const there = TEXTS.filter((name) => form.elements[name])
  return Object.fromEntries(there.map((name) => [name, form.elements[name].value]))
}

export function composed(form) {
  const more = {}
  for (const [name, value] of new FormData(form)) if (!APART.has(name)) (more[name] ??= []).push(value)
  return { ...texts(form), more }
}

export function fill(form, copy) {
  for (const name of TEXTS) if (copy[name] && form.elements[name]) form.elements[name].value = copy[name]
  for (const [name, values] of Object.entries(copy.more ?? {})) {
    for (const [at, field] of form.querySelectorAll(`[name="${CSS.escape(name)}"]`).entries()) put(field, values, at)
  }
}

function put(field, values, at) {
  if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value)
  else field.value = values[at] ?? ""
}
