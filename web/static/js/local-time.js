// Times stand in the page in WIB; here they are put into the zone of the reader.
//
// With data-brief it is the hour alone, of another day the day alone.
//
// The zone is that of the member (<body data-zone>), else the browser's where it is an Indonesian one.

const ZONES = { "Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT" }

const here = document.body.dataset.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
const zone = here in ZONES ? here : "Asia/Jakarta"
const date = dated({ day: "numeric", month: "short", year: "numeric" })
const longDate = dated({ day: "numeric", month: "long", year: "numeric" })
const dayAndMonth = dated({ day: "numeric", month: "short" })
const year = dated({ year: "numeric" })
const clock = written({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" })

export function localise(part) {
  for (const time of part.querySelectorAll("time[datetime]:not([data-local])")) show(time)
}

export function longDayOf(moment) {
  return longDate.format(moment)
}

export function clockOf(moment) {
  return clock.format(moment)
}

function show(time) {
  const moment = new Date(time.dateTime)
  time.dataset.local = ""
  if (Number.isNaN(moment.valueOf()) || !time.dateTime.includes("T")) return
  if ("brief" in time.dataset) time.textContent = briefly(moment)
  if (ZONES[zone] === "WIB") return
  const whole = `${date.format(moment)} ${clockOf(moment)} ${ZONES[zone]}`
  if ("brief" in time.dataset) time.title = whole
  else time.textContent = whole
}

// Of today the hour, of this year the day: lists have little room.
function briefly(moment) {
  const today = new Date()
  if (date.format(moment) === date.format(today)) return clockOf(moment)
  const thisYear = year.format(moment) === year.format(today)
  return (thisYear ? dayAndMonth : date).format(moment)
}

// The day first, as the server writes it: an English date would begin with its month.
function dated(units) {
  const format = written(units)
  const inOrder = (parts) => Object.keys(units).map((unit) => parts.find(({ type }) => type === unit).value).join(" ")
  return { format: (moment) => inOrder(format.formatToParts(moment)) }
}

function written(parts) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: zone, ...parts })
}

localise(document)
document.addEventListener("shown", ({ target }) => localise(target))
