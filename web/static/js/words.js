// Sentences the browser says by itself. They stand in templates of the page, in the reader's tongue:
// <template data-words><p data-say="waiting">…</p></template>, those of every page in live_words.html.
//
//   say("waiting", {seconds: 5})   the sentence with its {gaps} filled in

export function say(name, gaps = {}) {
  const templates = [...document.querySelectorAll("template[data-words]")]
  const found = templates.map(({ content }) => content.querySelector(`[data-say="${name}"]`)).find(Boolean)
  const sentence = found?.textContent ?? ""
  return sentence.trim().replace(/\{(\w+)\}/g, (gap, its) => gaps[its] ?? gap)
}
