"""The Jinja environments, one a language, for whole pages and for the fragments sent to tabs."""

from collections.abc import Callable, Hashable, Mapping, MutableMapping
from functools import cache, lru_cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined, Template, select_autoescape
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Mount, Route

from community.errors import Refusal
from community.members.policies import may_take_part
from community.notices.words import SENTENCES
from community.organisations.models import KIND_NAMES, ROLE_NAMES
from community.places import CLUSTER_NAMES, THEME_NAMES, region_name
from community.policies import YES, Verdict
from community.reactions import SIGNS, WORD_NAMES
from community.streams import EntryChanged
from community.text import plain
from forum.announcements.models import DISCUSSION_NAMES, PURPOSE_NAMES
from forum.responses.models import STATE_NAMES as RESPONSE_STATES
from forum.responses.models import STEP_SENTENCES as STAGES
from forum.timeline import SENTENCES as LINES
from forum.topics.models import AIM_NAMES
from moderation.records.log import DEEDS
from web import words
from web.doors import Seen, token_of
from web.framing import Counts
from web.kept import Kept
from web.looks import stay_signed_in, theme_of
from web.sealed import excerpt, sealed

STATIC = Path(__file__).with_name("static")
MOST_ROWS = 32 * 1024**2  # bytes of entries kept drawn, about 1 KiB each
MOST_TREES = 64 * 1024**2  # bytes of pieces of pages: replies are about 40 KiB, others 1 KiB

rows: Kept[str] = Kept(MOST_ROWS)
trees: Kept[Markup] = Kept(MOST_TREES)


@cache
def version() -> str:
    """Of all static files: it stands in their path, so browsers may keep them for good."""
    digest = sha256()
    for path in sorted(STATIC.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(STATIC).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def static(path: str) -> str:
    return f"/static/{version()}/{path}"


class Templates(Environment):
    """Whose templates do not change while it runs: what they are made of is looked up once."""

    @cache  # noqa: B019 - there are two environments, for good
    def get_template(self, name: Any, *args: Any) -> Template:
        return super().get_template(name, *args)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One plain dict. Jinja would chain two for each template, to follow globals that change;
        ours do not, and copying the chain at each import took a tenth of the time of a page."""
        return {**self.globals, **d} if d else self.globals


@cache
def environment(locale: str) -> Environment:
    env = Templates(
        loader=PackageLoader("web"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    i18n: Any = env  # has what the extension gives it
    i18n.install_gettext_translations(words.translations(locale), newstyle=True)
    env.globals["_"] = env.globals["gettext"] = _saying(locale)
    said = partial(words.said_in, locale)
    env.globals.update(
        locale=locale,
        static=static,
        kept=_keeping(locale),
        said=said,
        region_name=region_name,
        reaction_words=[(word, sign, said(WORD_NAMES[word])) for word, sign in SIGNS.items()],
        reaction_signs=SIGNS,
        reaction_name=lambda word: said(WORD_NAMES[word]),
        cluster_name=lambda cluster: said(CLUSTER_NAMES.get(cluster, "")),
        aim_name=lambda aim: said(AIM_NAMES[aim]),
        kind_name=lambda kind: said(KIND_NAMES.get(kind, "")),
        role_name=lambda role: said(ROLE_NAMES.get(role, "")),
        purpose_name=lambda purpose: said(PURPOSE_NAMES.get(purpose, "")),
        discussion_name=lambda discussion: said(DISCUSSION_NAMES[discussion]),
        theme_name=lambda theme: said(THEME_NAMES.get(theme, "")),
        reason=lambda verdict: reason(locale, verdict),
        deed=lambda entry: said(
            DEEDS.get(entry.verb, entry.verb), {"name": entry.actor.name if entry.actor else "AKAR"}
        ),
        line_words=lambda line: said(
            LINES[line.deed], {"name": line.name, "until": line.until, **line.about}
        ),
        response_state=lambda state: said(RESPONSE_STATES[state]),
        stage_words=lambda stage: said(STAGES[stage.step], stage.about),
        zone_word=words.ZONES.__getitem__,
        notice_words=lambda notice: said(SENTENCES[notice.kind], notice.about),
    )
    env.filters.update(
        moment=partial(words.moment, locale),
        day=partial(words.day, locale),
        date=partial(words.date, locale),
        day_month=partial(words.day_month, locale),
        whole_day=partial(words.whole_day, locale),
        month=partial(words.month, locale),
        number=partial(words.number, locale),
        span=partial(words.span, locale),
        plain=plain,
        said=lambda named: [(value, said(name)) for value, name in named.items()],
        html=Markup,  # only what community/text.py made safe
        sealed=sealed,
        excerpt=excerpt,
    )
    return env


def _saying(locale: str) -> Callable[..., Markup]:
    """What templates call a hundred times a page: each sentence is looked up once."""
    look_up = cache(lambda sentence: Markup(words.translations(locale).gettext(sentence)))
    plainly = cache(lambda sentence: look_up(sentence) % {})  # without gaps, as most are
    return lambda sentence, **values: look_up(sentence) % values if values else plainly(sentence)


def _keeping(locale: str) -> Callable[..., Markup]:
    """What templates call `kept` around a piece of a page: it looks alike wherever it has the same
    name and key, so the key holds all that it shows, and it is drawn once."""

    def kept(name: str, *shows: Hashable, caller: Callable[[], str]) -> Markup:
        key = (locale, name, *shows)
        return trees.get(key) or trees.put(key, Markup(caller()))

    return kept


def reason(locale: str, verdict: Verdict) -> str:
    return words.said_in(locale, verdict.reason, verdict.values)


def fragment(locale: str, template: str, **fields: Any) -> str:
    return environment(locale).get_template(template).render(**fields)


def drawn(locale: str, template: str, entry: EntryChanged) -> str:
    """A row of a stream: the same for everybody who reads that language, so drawn once."""
    return drawn_once(locale, template, entry.stamp, entry=entry)


def drawn_once(locale: str, template: str, stamp: Hashable, **fields: Any) -> str:
    """A piece of a row, kept like one: what is of the same stamp looks the same."""
    key = (locale, template, stamp)
    return rows.get(key) or rows.put(key, fragment(locale, template, **fields))


def drawing(locale: str) -> Callable[[str, EntryChanged], Markup]:
    """What templates call `draw`: a row, as it stands in a page."""
    return lambda template, entry: Markup(drawn(locale, template, entry))


def forget_drawn() -> None:
    """Before another database is served: there the same numbers mean something else."""
    rows.clear()
    trees.clear()


def locale_of(request: Request, seen: Seen[Any] | None = None) -> str:
    """A member's choice goes with them; a visitor's is in their browser."""
    member = seen.member if seen else None
    return member.locale if member else words.locale_of(request)


def why(request: Request, seen: Seen[Any], refusal: Refusal | None) -> str:
    """What was refused, in the tongue of the page it stands on; nothing where nothing was."""
    if refusal is None:
        return ""
    return words.said_in(locale_of(request, seen), refusal.sentence, refusal.values)


def bare(request: Request, template: str, **fields: Any) -> str:
    """A page that asks the database nothing: for when something went wrong."""
    locale = words.locale_of(request)
    return fragment(
        locale,
        template,
        path=request.scope["path"],
        url=partial(_url, request),
        theme=theme_of(request),
        **fields,
    )


def page(
    request: Request, template: str, seen: Seen[Any], *, status: int = 200, **fields: Any
) -> HTMLResponse:
    """`seen` is what base.html draws the frame of the page from; `found` is its own matter."""
    locale = locale_of(request, seen)
    counts = seen.counts if seen.member else None
    html = fragment(
        locale,
        template,
        request=request,
        path=request.scope["path"],
        url=partial(_url, request),
        draw=drawing(locale),
        part=lambda name: _part(request.app, locale, name, request.scope["path"], counts),
        seen=seen,
        found=seen.found,
        taking_part=may_take_part(seen.member) if seen.member else YES,
        epoch=request.state.hub.epoch,
        theme=seen.member.theme if seen.member else "auto",
        zone=ZoneInfo(seen.member.zone) if seen.member else words.WIB,
        save_data=bool(seen.member and seen.member.save_data),
        **fields,
    )
    response = HTMLResponse(html, status)
    if seen.long_unseen:
        stay_signed_in(request, response, token_of(request))
    return response


@lru_cache(maxsize=2_000)
def _part(app: Starlette, locale: str, name: str, path: str, counts: Counts | None) -> Markup:
    """What frames every page depends on little, so it is drawn once for many pages."""
    return Markup(
        fragment(locale, f"parts/{name}.html", path=path, counts=counts, url=partial(_path, app))
    )


def _url(request: Request, name: str, **params: Any) -> str:
    return _path(request.app, name, **params)


@lru_cache(maxsize=10_000)
def _path(app: Starlette, name: str, **params: Any) -> str:
    """The path alone: pages hold no host, so they are the same behind every proxy."""
    return str(_routes(app)[name, frozenset(params)].url_path_for(name, **params))


@lru_cache(maxsize=8)
def _routes(app: Starlette) -> Mapping[tuple[str | None, frozenset[str]], Mount | Route]:
    """By name and parameters, the first of each: to ask one after the other, as the framework does,
    takes a millisecond where there are hundreds."""
    named = [route for route in reversed(app.routes) if isinstance(route, Mount | Route)]
    return {(route.name, frozenset(route.param_convertors)): route for route in named}
