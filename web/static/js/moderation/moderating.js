// What the pages of moderation load beside app.js.

import "./canned-texts.js"
import "./case-changed.js"
import "./case-claim.js"
import "./case-keys.js"
import "./keys-list.js"
import "./queue-keys.js"
