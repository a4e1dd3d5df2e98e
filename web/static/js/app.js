// The first thing every page loads. It finds its elements by their tags; without it the page still works.

import { start } from "./live.js"
import "./live-status.js"
import "./live-stream.js"
import "./local-time.js"
import "./polling.js"

if (document.body.dataset.member) start()
