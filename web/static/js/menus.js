// The menus of entries: one is open at a time, as their name has it, and all of it is on screen. Esc closes
// it and gives the focus back; so does a press beside it, which keeps the focus where it goes.

const OPEN = "details.menu[open]"

document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(OPEN)
  if (event.key !== "Escape" || !menu || document.querySelector("dialog[open]")) return
  event.preventDefault()
  menu.open = false
  menu.querySelector("summary").focus()
})

document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll(OPEN)) {
    if (!menu.contains(target) || target.closest(".menu-list a")) menu.open = false
  }
})

document.addEventListener("toggle", ({ target }) => {
  if (target.matches(OPEN)) target.querySelector(".menu-list").scrollIntoView({ block: "nearest" })
}, true)
