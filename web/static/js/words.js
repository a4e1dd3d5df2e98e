// Sentences the browser says by itself. They stand in parts/live_words.html, in the reader's tongue.
//
//   say("waiting", {seconds: 5})   the sentence with its {gaps} filled in

export function say(name, gaps = {}) {
  const words = document.getElementById("live-words")?.content
  const sentence = words?.querySelector(`[data-say="${name}"]`)?.textContent ?? ""
  return sentence.trim().replace(/\{(\w+)\}/g, (gap, its) => gaps[its] ?? gap)
}
