// What the page of a channel loads, besides app.js.

import "../community/entry-reactions.js"
import "../community/kept-draft.js"
import "./channel-composer.js"
import "./composer-answer.js"
import "./channel-log.js"
import "./copy-link.js"
import "./channel-present.js"
import "./channel-typing.js"
import "./quoted-there.js"
import "./thread-news.js"
import { renewParts } from "../renew.js"
import { fetched, forKeys, whenPressed } from "../when-needed.js"

const SCATTER = 2000 // ms over which a thousand tabs fetch what changed

forKeys("./channels/log-keys.js")
whenPressed("a.message-thread, form[data-thread] button", "./channels/thread-panel.js")
whenPressed("[data-choose]", "./channels/choosing.js")

// Few channels have stubs of what became a topic.
document.addEventListener("shown", ({ target }) => nameTopics(target))
nameTopics(document)

// Where one writes may have been closed, or be open again; then nothing there hears of it.
document.addEventListener("shown", ({ target }) => {
  if (target.id === "stream-heading") setTimeout(() => renewParts().catch(() => {}), SCATTER * Math.random())
})

function nameTopics(place) {
  if (place.querySelector("topic-stub")) fetched("./channels/topic-stub.js").catch(() => {}) // its link leads there
}
