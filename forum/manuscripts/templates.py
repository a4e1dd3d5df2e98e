"""Templates: announcements an office writes again and again, kept by name. Each is all that a draft
says; who begins one from it changes what differs this time.

Sections in house order: models, policies, queries, actions.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Select, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from community import audit
from community.clock import now
from community.database import Base, Transaction
from community.errors import Conflict, Denied, Invalid, NotFound
from community.members.models import Member
from community.organisations.models import Mandate, Organisation
from community.organisations.policies import may_use
from community.organisations.queries import mandate_for
from community.policies import require
from community.words import _
from forum.announcements.models import Announcement, Content
from forum.announcements.queries import announcement_for
from forum.manuscripts.models import Manuscript, State
from forum.manuscripts.policies import may_publish
from forum.manuscripts.queries import manuscript_for, publishing

MOST = 50  # of one office: more than that nobody finds again

# Models


class Template(Content, Base):
    __tablename__ = "announcement_templates"

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisations.id"), index=True)
    name: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    kept_by_id: Mapped[int] = mapped_column(ForeignKey("members.id"))
    kept_at: Mapped[datetime]

    organisation: Mapped[Organisation] = relationship(lazy="joined")

    @property
    def address(self) -> str:
        return f"template:{self.id}"


# Policies: who publishes for the office, may_publish()


# Queries


def templates_of(member: Member) -> Select[Template]:
    """Of the offices the member publishes for."""
    offices = publishing(member).with_only_columns(Mandate.organisation_id).order_by(None)
    return select(Template).where(Template.organisation_id.in_(offices))


def templates_kept(session: Session, member: Member) -> Sequence[Template]:
    by_name = templates_of(member).order_by(func.lower(Template.name), Template.id)
    there = session.scalars(by_name.limit(MOST))
    return [one for one in there if may_use(member, one.organisation)]


def template_for(session: Session, member: Member, template_id: int) -> Template:
    """Raises NotFound, and Denied where the member's powers rest."""
    template = session.scalar(templates_of(member).where(Template.id == template_id))
    if template is None:
        raise NotFound
    require(may_use(member, template.organisation))
    return template


def source_for(
    session: Session, official: Member, *, manuscript_id: int = 0, announcement_id: int = 0
) -> Manuscript | Announcement:
    """What a template is to be made of: a draft, or what their office published. Raises NotFound:
    readers of an announcement learn nothing of its office's templates."""
    if manuscript_id:
        return manuscript_for(session, official, manuscript_id)
    announcement = announcement_for(session, official, announcement_id).announcement
    if _publishing_for(session, official, announcement.organisation_id) is None:
        raise NotFound
    return announcement


def _publishing_for(session: Session, official: Member, office: int) -> Mandate | None:
    mine = publishing(official).where(Mandate.organisation_id == office)
    return session.scalars(mine.limit(1)).first()


# Actions


def keep_template(
    tx: Transaction, official: Member, name: str, *,
    key: str, manuscript_id: int = 0, announcement_id: int = 0,
) -> Template:  # fmt: skip
    """Of what is said there now, whatever becomes of it. With the same key: the first one again.
    Raises Conflict where the key was used for something else, or the name is."""
    what = source_for(tx, official, manuscript_id=manuscript_id, announcement_id=announcement_id)
    office, draft = what.organisation_id, what.draft
    if earlier := tx.scalar(select(Template).where(Template.key == key)):
        sent = (earlier.kept_by_id, earlier.organisation_id, earlier.draft)
        if sent != (official.id, office, draft):
            raise Conflict(_("This key was used for something else."))
        return earlier
    if isinstance(what, Manuscript) and what.state == State.DROPPED:
        raise Denied(_("This draft was deleted."))
    mandate = _mandate(tx, official, office)
    tx.lock(mandate.organisation)  # whose templates are counted
    if len(tx.scalars(_names_in(office)).all()) >= MOST:
        raise Invalid(_("An office keeps at most %(most)s templates. Remove one of them first."),
                      most=MOST)  # fmt: skip
    _require_new(tx, office, name)
    template = Template(organisation=mandate.organisation, name=name.strip(), key=key,
                        kept_by_id=official.id, kept_at=now(tx))  # fmt: skip
    template.take(draft)
    tx.add(template)
    tx.flush()
    audit.record(tx, official, "template.kept", template.address)
    return template


def rename_template(tx: Transaction, official: Member, template_id: int, name: str) -> Template:
    template = _held(tx, official, template_id)
    if template.name == name.strip():
        return template
    _require_new(tx, template.organisation_id, name)
    template.name = name.strip()
    audit.record(tx, official, "template.renamed", template.address)
    return template


def remove_template(tx: Transaction, official: Member, template_id: int) -> None:
    """Drafts that were begun from it stay as they are."""
    template = _held(tx, official, template_id)
    audit.record(tx, official, "template.removed", template.address)
    tx.delete(template)


def _held(tx: Transaction, official: Member, template_id: int) -> Template:
    office = template_for(tx, official, template_id).organisation_id
    mandate = _mandate(tx, official, office)
    tx.lock(mandate.organisation)
    return template_for(tx, official, template_id)


def _mandate(tx: Transaction, official: Member, office: int) -> Mandate:
    """By which they publish for the office, held."""
    mandate = _publishing_for(tx, official, office)
    if mandate is None:
        raise NotFound
    mandate = tx.hold(mandate_for, official, mandate.id)
    require(may_publish(official, mandate))
    return mandate


def _require_new(tx: Transaction, office: int, name: str) -> None:
    if name.strip().lower() in {one.lower() for one in tx.scalars(_names_in(office))}:
        raise Conflict(_("There is a template of this name already."))


def _names_in(office: int) -> Select[str]:
    return select(Template.name).where(Template.organisation_id == office)
