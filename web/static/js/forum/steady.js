// What the reader looks at stays where it is, whatever changes above it. Browsers that do this by
// themselves lose their hold when the very post they hold on to is drawn anew.
//
//   steadily(change)

export function steadily(change) {
  const posts = [...document.querySelectorAll("reply-tree .post")]
  const held = posts.find(beginsOnScreen) ?? posts.find(isOnScreen)
  const before = held?.getBoundingClientRect().top
  change()
  const now = held && document.getElementById(held.id)
  if (now) scrollBy({ top: now.getBoundingClientRect().top - before, behavior: "instant" })
}

function beginsOnScreen(post) {
  const { top } = post.getBoundingClientRect()
  return top >= 0 && top < innerHeight
}

function isOnScreen(post) {
  const { top, bottom } = post.getBoundingClientRect()
  return bottom > 0 && top < innerHeight
}
