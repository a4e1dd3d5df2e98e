"""Every module with tables, so that whoever asks for all tables gets all."""

from channels import models as channels
from channels import reactions as message_reactions
from community import (
    audit,
    elsewhere,
    files,
    guardians,
    outbox,
    restrictions,
    search,
    site,
    streams,
    terms,
    tickets,
    working_days,
)
from community.factors import models as factors
from community.invitations import models as invitations
from community.members import models as members
from community.notices import models as notices
from community.organisations import answering, deputies
from community.organisations import models as organisations
from forum import bookmarks, categories, conclusions, drafts, reactions, readings, tags, timeline
from forum.announcements import (
    answers,
    correcting,
    joining_late,
    remarks,
    reminding,
    telling,
    versions,
)
from forum.announcements import models as announcements
from forum.following import models as following
from forum.manuscripts import models as manuscripts
from forum.manuscripts import templates
from forum.polls import models as polls
from forum.responses import models as responses
from forum.topics import models as topics
from moderation import appeals, measures, notes, notifiers, on_call, proposals, questions, reasons
from moderation import models as moderation
from moderation.before import asking
from moderation.orders import models as orders
from moderation.queue import canned
from moderation.rules import models as rules

ALL = (
    announcements,
    answers,
    answering,
    appeals,
    asking,
    audit,
    bookmarks,
    canned,
    categories,
    channels,
    conclusions,
    correcting,
    deputies,
    drafts,
    elsewhere,
    factors,
    files,
    following,
    guardians,
    invitations,
    joining_late,
    manuscripts,
    measures,
    members,
    message_reactions,
    moderation,
    notes,
    notices,
    notifiers,
    on_call,
    orders,
    organisations,
    outbox,
    polls,
    proposals,
    questions,
    reactions,
    readings,
    reasons,
    remarks,
    reminding,
    responses,
    restrictions,
    rules,
    search,
    site,
    streams,
    tags,
    telling,
    templates,
    terms,
    tickets,
    timeline,
    topics,
    versions,
    working_days,
)
