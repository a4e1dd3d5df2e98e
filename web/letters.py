"""Letters, written out in the reader's tongue, as text and as HTML."""

import re
from collections.abc import Iterator, Mapping
from email.headerregistry import BaseHeader, HeaderRegistry, UnstructuredHeader
from email.message import EmailMessage
from email.policy import EmailPolicy, Policy
from email.utils import formatdate
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from community.kept_out import LETTERS_TO_THE_KEPT_OUT
from community.letters import LETTERS
from community.newcomers import LETTERS_TO_NEWCOMERS
from community.notices.words import SENTENCES
from community.notifiers import LETTERS_TO_NOTIFIERS
from community.outbox import Letter
from community.settings import Settings
from community.tickets import link_for
from community.words import _
from web.acknowledging import acknowledgement_for
from web.guards import UNSUBSCRIBE
from web.pages import fragment
from web.unsubscribing import refusal_for
from web.words import said_in

EVERY = LETTERS | LETTERS_TO_NEWCOMERS | LETTERS_TO_NOTIFIERS | LETTERS_TO_THE_KEPT_OUT
ADMINISTRATOR = _("an administrator")  # to write to, where the settings name no address
ACKNOWLEDGE = _("Acknowledge it here, without signing in. This link is for you alone.")
ACKNOWLEDGE_FOR = _(
    "Acknowledge it for %(name)s here, without signing in. This link is for you alone."
)
LINKLIKE = re.compile(r"(?<=\w)[.:](?=\w|//)")  # what a mail program would make a link of


class InOnePiece(UnstructuredHeader, BaseHeader):
    """An address longer than a line: put into lines it would be no address to mail programs."""

    def fold(self, *, policy: Policy) -> str:
        return f"{self.name}: {self}{policy.linesep}"


HEADERS = HeaderRegistry()
HEADERS.map_to_type("list-unsubscribe", InOnePiece)
POLICY = EmailPolicy(header_factory=HEADERS)


def written_out(letter: Letter, settings: Settings) -> EmailMessage:
    """Links come from the settings, never from a request (S23)."""
    shown = _shown(letter, settings)
    message = EmailMessage(policy=POLICY)
    message["From"] = settings.mail_from
    message["To"] = letter.address
    message["Subject"] = shown["subject"]
    message["Date"] = formatdate()
    # The same each time it is tried: who gets it twice sees it once.
    site = urlsplit(settings.public_url).hostname
    message["Message-ID"] = f"<{letter.id:06}.{letter.kind}@{site}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's holiday answers it
    if shown["refusal"]:
        message["List-Unsubscribe"] = f"<{shown['refusal']}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    # 8bit: a link stands in one piece, also for who opens the file with an editor.
    text, html = (
        fragment(letter.locale, f"mail/letter.{kind}", **shown) for kind in ("txt", "html")
    )
    message.set_content(text, cte="8bit")
    message.add_alternative(html, subtype="html", cte="8bit")
    return message


def _shown(letter: Letter, settings: Settings) -> dict[str, Any]:
    """What both templates are filled with."""
    words, key = EVERY[letter.kind], settings.secret()
    contact = settings.contact or said_in(letter.locale, ADMINISTRATOR)
    about = _harmless(letter.about) | {"contact": contact}
    say = partial(said_in, letter.locale, values=about)
    news = [(said, settings.public_url + link) for said, link in _news(letter, settings)]
    opens = link_for(key, letter.about["ticket"]) if "ticket" in about else ""
    kinds = [one["kind"] for one in letter.about.get("news", ())]
    refusal = refusal_for(key, letter.about["member"], kinds) if kinds else ""
    return {
        "subject": news[0][0] if len(kinds) == 1 else say(words.subject),
        "lines": [say(line) for line in words.lines],
        "news": news,
        "copied": letter.about.get(words.copied, ""),
        "button": say(words.button),
        "link": settings.public_url + words.path.format_map({**about, "ticket": opens})
        if words.path
        else "",
        "home": settings.public_url,
        "refusal": settings.public_url + UNSUBSCRIBE + refusal if refusal else "",
    }


def _news(letter: Letter, settings: Settings) -> Iterator[tuple[str, str]]:
    """Sentences, and where each leads."""
    for one in letter.about.get("news", ()):
        about = _harmless(one["about"])
        yield said_in(letter.locale, SENTENCES[one["kind"]], about), one["link"]
        for shown, name in one.get("passes", ()):
            sentence = ACKNOWLEDGE_FOR if name else ACKNOWLEDGE
            link = acknowledgement_for(settings.secret(), shown)
            yield said_in(letter.locale, sentence, _harmless({"name": name})), link


def _harmless(about: Mapping[str, Any]) -> dict[str, Any]:
    """A name that looks like an address becomes no link in a mail program (Flarum
    CVE-2026-30913), and none breaks a line (S12)."""
    return {
        name: LINKLIKE.sub("\N{ONE DOT LEADER}", " ".join(value.split()))
        if isinstance(value, str)
        else value
        for name, value in about.items()
    }
