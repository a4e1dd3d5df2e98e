// A link to a quoted message that stands in the page leads there without loading another.

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return
  const link = event.target.closest(".log a.quoted")
  if (!link || !document.getElementById(link.hash.slice(1))) return
  event.preventDefault()
  location.hash = link.hash
})
