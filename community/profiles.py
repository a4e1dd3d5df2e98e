"""What members show of themselves.

Sections in house order: policies, actions.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from community import audit
from community.clock import now
from community.database import Transaction
from community.files import FileKind, belong, drop, keep
from community.members.models import Member
from community.names import name_of_member
from community.pictures import Print
from community.policies import YES, Verdict, no, require
from community.search.actions import put_anew
from community.words import _

RENAMED = timedelta(days=7)  # how long a new name stays

# Policies


def may_be_renamed(member: Member, at: datetime) -> Verdict:
    """Whoever was talked with yesterday is found again today."""
    if member.named_at and at < member.named_at + RENAMED:
        sentence = _("A name can be changed once a week, yours again on %(until)s.")
        return no(sentence, until=member.named_at + RENAMED)
    return YES


def may_change_profile(member: Member) -> Verdict:
    """While moderators have to find out who somebody is, what they call themselves stays."""
    if member.profile_kept:
        return no(_("Somebody reported that you pretend to be an official. Until a moderator has "
                    "looked, your name, picture and words stay as they are."))  # fmt: skip
    return YES


def may_show(member: Member) -> Verdict:
    if member.profile_hidden_at:
        return no(_("Moderators have hidden what you show of yourself. Until that ends only your "
                    "name can be changed."))  # fmt: skip
    return YES


# Actions


def change_profile(tx: Transaction, member: Member, *, name: str, about: str) -> None:
    if (name, about) != (member.name, member.about):
        require(may_change_profile(member))
    if about != member.about:
        require(may_show(member))
        member.about = about
    if name != member.name:  # one from before there were rules stays
        _rename(tx, member, name_of_member(tx, name))


def change_picture(tx: Transaction, member: Member, prints: Sequence[Print]) -> None:
    """The one before is gone at once, everywhere."""
    require(may_show(member))
    take_picture_off(tx, member)
    member.picture = keep(tx, member, FileKind.PICTURE, prints, f"member:{member.id}").id


def take_picture_off(tx: Transaction, member: Member) -> None:
    """Their own."""
    require(may_change_profile(member))
    remove_picture(tx, member)


def remove_picture(tx: Transaction, member: Member) -> None:
    drop(tx, f"member:{member.id}")
    member.picture = ""
    member.rev += 1


def hide_profile(tx: Transaction, member: Member) -> None:
    """Called by moderation, which holds the member and writes down why. Picture and words are kept
    as they are, and shown to nobody."""
    member.hidden_about, member.hidden_picture = member.about, member.picture
    member.about = member.picture = ""
    belong(tx, f"member:{member.id}", f"hidden:{member.id}")
    member.profile_hidden_at = now(tx)
    member.rev += 1


def restore_profile(tx: Transaction, member: Member) -> None:
    member.about, member.picture = member.hidden_about, member.hidden_picture
    member.hidden_about = member.hidden_picture = ""
    belong(tx, f"hidden:{member.id}", f"member:{member.id}")
    member.profile_hidden_at = None
    member.rev += 1


def keep_profile(tx: Transaction, member: Member, kept: bool) -> None:
    """Called by moderation, too. What they show stays as it is, or may be changed again."""
    tx.lock(member)
    member.profile_kept = kept


def _rename(tx: Transaction, member: Member, name: str) -> None:
    require(may_be_renamed(member, now(tx)))
    member.name, member.named_at = name, now(tx)
    member.rev += 1
    put_anew(tx, member.thing)
    audit.record(tx, member, "member.renamed", f"member:{member.id}")
