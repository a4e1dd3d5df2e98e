"""Puts the building together. Read this file first."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.errors import ServerErrorMiddleware
from starlette.routing import Mount, WebSocketRoute
from starlette_compress import CompressMiddleware

from community import failpoints
from community.database import Database
from community.passwords import Passwords
from community.pictures import Darkroom
from community.settings import Settings
from moderation.before.repeats import Repeats
from web import (
    account,
    acknowledging,
    administration,
    announcements,
    appeals,
    becoming,
    begun,
    beside,
    bookmarks,
    bulk,
    calling,
    canned,
    cards,
    carrying,
    cases,
    catching_up,
    channels,
    community,
    concluding,
    confirming,
    correcting,
    desk,
    drafts,
    elsewhere,
    errors,
    feeds,
    few,
    files,
    finding,
    flags,
    following,
    guardians,
    health,
    held,
    histories,
    home,
    invitation_lists,
    invitations,
    invited,
    joining,
    legal_orders,
    lists,
    live,
    mandates,
    manuscripts,
    mentioning,
    messages,
    moderation,
    moderation_log,
    moving,
    muting,
    notices,
    numbers,
    offline,
    on_call,
    order_papers,
    organisations,
    outsiders,
    pages,
    passkeys,
    people,
    pinning,
    polls,
    posts,
    profiles,
    reacting,
    responses,
    rooms,
    rules,
    search,
    second_step,
    settings_page,
    shown_files,
    sign_ins,
    similar,
    sitemap,
    starting,
    steering,
    stepping_up,
    steps,
    suspended,
    taking_part,
    talking,
    topics,
    unsubscribing,
    verification,
    verifying,
    versions,
    word_rules,
    wording,
    writing,
)
from web.access import Logged
from web.anchors import Anchors
from web.arriving import chairs_of
from web.attempts import Attempts
from web.background import Background
from web.guards import NotTooFast, NotTooMuch, OneName, OnEveryAnswer, OnlyOurOwnPages
from web.hub import Hub
from web.keeping import ORDINARY, Keeper, Rhythm, epoch_of
from web.limits import Buckets, Sends
from web.one_look import OneLook
from web.open_lists import SOME, news_together, revs_together
from web.pacing import Bearers
from web.post import Postman, carrier_for
from web.presence import Presence
from web.replying import Replies
from web.saying import Sayings
from web.static import Immutable
from web.streams import missed_together
from web.whole import SMALLEST, Whole
from web.worker import Worker, chores

BODY = 256 * 1024  # bytes of any form


def create_app(db: Database, settings: Settings, rhythm: Rhythm = ORDINARY) -> Starlette:
    """Serves an opened and migrated database, and closes it in the end."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[dict[str, Any]]:
        failpoints.armed = settings.failpoint
        pages.forget_drawn()
        hub, tasks = Hub(Presence(db.bus), await epoch_of(db, rhythm), rhythm.tick), Background()
        keeper = Keeper(db, hub, rhythm)
        db.bus.tune(hub.epoch)
        for work in (keeper.listen, keeper.look_after, keeper.tick, hub.presence.tell):
            tasks.start(work)
        if settings.embedded:
            tasks.start(Worker(db, chores(settings), rhythm.chores).work)
            tasks.start(Postman(db, settings, carrier_for(settings), rhythm.mail).work)
            tasks.start(Anchors(db, settings).work)
        attempts = Attempts(settings, hub.epoch)
        app.state.hub, app.state.draining = hub, False
        repeats = Repeats()
        app.state.sayings, app.state.replies = Sayings(db, repeats), Replies(db, repeats)
        app.state.darkroom = Darkroom()
        yield {
            "db": db,
            "hub": hub,
            "settings": settings,
            "kept": Whole(db),
            "background": tasks,
            "sayings": app.state.sayings,
            "replies": app.state.replies,
            "repeats": repeats,
            "arrivals": OneLook(db, chairs_of),
            "catching_up": OneLook(db, missed_together),
            "listening": OneLook(db, revs_together, SOME),
            "lists": OneLook(db, news_together, SOME),
            "passwords": Passwords(),
            "darkroom": app.state.darkroom,
            "easel": cards.Easel(),
            "attempts": attempts,
            "frames": Buckets(settings.frames_per_second, settings.frames_burst),
            "asks": Buckets(settings.frames_per_second, settings.frames_burst),
            "bearers": Bearers(),
            "sends": Sends(
                settings.sends_per_second, settings.sends_burst, settings.sends_per_minute
            ),
        }
        await tasks.stop()
        await attempts.close()
        await db.close()
        await db.bus.close()

    return Starlette(
        routes=[
            # Tried in turn: what is asked for all day comes first.
            *home.routes,
            Mount(f"/static/{pages.version()}", Immutable(directory=pages.STATIC), name="static"),
            *topics.routes,
            *steering.routes,
            *becoming.routes,
            *moving.routes,
            *muting.routes,
            *similar.routes,
            *starting.routes,
            *lists.routes,
            *following.routes,
            *begun.routes,
            *bookmarks.routes,
            *cards.routes,
            *posts.routes,
            *polls.routes,
            *responses.routes,
            *reacting.routes,
            *feeds.routes,
            *carrying.routes,
            *finding.routes,
            WebSocketRoute("/live", live.live, name="live"),
            *channels.routes,
            *few.routes,
            *rooms.routes,
            *messages.routes,
            *histories.routes,
            *pinning.routes,
            *beside.routes,
            *catching_up.routes,
            *notices.routes,
            *search.routes,
            *files.routes,
            *shown_files.routes,
            *announcements.routes,
            *acknowledging.routes,
            *manuscripts.routes,
            *correcting.routes,
            *versions.routes,
            *verifying.routes,
            *appeals.routes,
            *community.routes,
            *sign_ins.routes,
            *joining.routes,
            *concluding.routes,
            *wording.routes,
            *confirming.routes,
            *guardians.routes,
            *invited.routes,
            *invitation_lists.routes,
            *invitations.routes,
            *taking_part.routes,
            *account.routes,
            *second_step.routes,
            *elsewhere.routes,
            *stepping_up.routes,
            *steps.routes,
            *passkeys.routes,
            *settings_page.routes,
            *unsubscribing.routes,
            *profiles.routes,
            *people.routes,
            *writing.routes,
            *desk.routes,
            *drafts.routes,
            *talking.routes,
            *calling.routes,
            *mentioning.routes,
            *organisations.routes,
            *verification.routes,
            *mandates.routes,
            *flags.routes,
            *held.routes,
            *rules.routes,
            *outsiders.routes,
            *cases.routes,
            *moderation.routes,
            *bulk.routes,
            *moderation_log.routes,
            *numbers.routes,
            *canned.routes,
            *on_call.routes,
            *legal_orders.routes,
            *order_papers.routes,
            *word_rules.routes,
            *administration.routes,
            *sitemap.routes,
            *offline.routes,
            *health.routes,
        ],
        middleware=[
            Middleware(Logged),
            Middleware(OnEveryAnswer, settings=settings),
            # Ours, inside the headers: Starlette's own stands outside of them.
            Middleware(ServerErrorMiddleware, handler=errors.failed),
            Middleware(OneName, settings=settings),
            Middleware(OnlyOurOwnPages, settings=settings),
            Middleware(NotTooFast, settings=settings),
            Middleware(CompressMiddleware, minimum_size=SMALLEST),
            Middleware(NotTooMuch, most=BODY),
        ],
        exception_handlers={**errors.handlers, **stepping_up.handlers, **suspended.handlers},
        lifespan=lifespan,
    )
