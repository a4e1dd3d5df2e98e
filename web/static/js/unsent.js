// A message that was refused where its channel is not shown: its reader is led to the page that has its words.
//
//   tellUnsent()   as it stands in <template id="unsent">; once, until it is followed or closed

export function tellUnsent() {
  const toasts = document.getElementById("toasts")
  if (toasts.querySelector(".unsent")) return
  const toast = document.getElementById("unsent").content.firstElementChild.cloneNode(true)
  toast.addEventListener("click", ({ target }) => target.closest("button, a") && toast.remove())
  toasts.append(toast)
}
