from collections.abc import Collection, Sequence

from community.members.models import Grace, Member
from community.members.policies import may_administer, may_sign_in, may_take_part, may_write
from community.organisations.models import Mandate, MandateRole, Organisation
from community.policies import YES, Verdict, no
from community.words import _

NO_MANDATE = _("You have no mandate for this organisation. Choose again for whom you speak.")
RESTS = _("This rests until you sign in in two steps. Your account says how.")
MOST_OFFERS = 20  # of one organisation that nobody has answered
MOST_TRIES = 3  # offers to one member within PAUSE of queries.py
MOST_WAITING = 3  # organisations of one member that nobody has verified yet


def may_speak_for(member: Member, mandate: Mandate) -> Verdict:
    if mandate.member_id != member.id or not mandate.live:
        return no(NO_MANDATE)
    return may_use(member, mandate.organisation)


def may_use(member: Member, organisation: Organisation) -> Verdict:
    """What a mandate for it gives to the member, of whom is known that they have one."""
    if not may_sign_in(member):
        return may_sign_in(member)
    if organisation.speaks_officially and member.grace == Grace.OVER:
        return no(RESTS)
    return YES


def may_speak_officially(member: Member, mandate: Mandate) -> Verdict:
    """An official is a member with a live mandate from a verified government organisation."""
    if not may_speak_for(member, mandate):
        return may_speak_for(member, mandate)
    if not mandate.organisation.speaks_officially:
        return no(_("Only verified government organisations speak officially."))
    return YES


def may_register(member: Member, waiting: int) -> Verdict:
    """`waiting`: how many of theirs are not verified, or closed not long ago."""
    if not may_write(member):
        return may_write(member)
    if waiting >= MOST_WAITING:
        return no(
            _("%(most)s organisations of yours are not verified yet, or were closed not long ago."),
            most=MOST_WAITING,
        )
    return YES


def may_offer(waiting: int, declined: int, lately: int) -> Verdict:
    """`waiting`: offers of the organisation that nobody has answered; how many this member
    `declined` lately, of all that they got. Nobody is pressed by offers."""
    if waiting >= MOST_OFFERS:
        return no(_("Many offers wait for an answer already. Take back those that nobody needs."))
    if declined or lately >= MOST_TRIES:
        return no(_("They were offered it not long ago. Please leave them some time."))
    return YES


def may_accept(member: Member, offered_by: Member | None) -> Verdict:
    """What somebody offered who is suspended rests; it is not over."""
    if offered_by and not may_sign_in(offered_by):
        return no(_("This offer rests for now. Ask somebody else who owns the organisation."))
    return may_take_part(member)


def may_lead(member: Member, mandate: Mandate | None) -> Verdict:
    """What owners do: say who speaks, describe the organisation, have it verified. Whoever is muted
    may still take a mandate back."""
    if mandate is None or mandate.role != MandateRole.OWNER:
        return no(_("Only owners of the organisation do this."))
    return may_speak_for(member, mandate)


def may_rename(organisation: Organisation, asking: bool) -> Verdict:
    """The badge says that this name was looked at. `asking`: somebody is looking just now."""
    if organisation.verified:
        return no(
            _("A verified name stays. For another one an administrator ends the badge first.")
        )
    return may_move(asking)


def may_describe(organisation: Organisation) -> Verdict:
    """What it says of itself."""
    if organisation.words_hidden_at:
        return no(_("Moderators have hidden what it says of itself. Until that ends it cannot be "
                    "changed."))  # fmt: skip
    return YES


def may_go_on(organisation: Organisation) -> Verdict:
    """Whether anybody may come to speak for it."""
    return no(_("This organisation is closed.")) if organisation.closed_at else YES


def may_keep_open(member: Member, objecting: Collection[int]) -> Verdict:
    """`objecting`: who owns it, or did until lately. Administrators stop what should not be."""
    if member.id not in objecting and not member.administers:
        return no(_("Only owners of the organisation do this."))
    return may_sign_in(member)


def may_move(asking: bool) -> Verdict:
    """Where it is says which moderators look at it."""
    if asking:
        return no(_("Name and place stay as they are until the moderators have decided."))
    return YES


def may_recover(administrator: Member, member_id: int) -> Verdict:
    if may_administer(administrator) and administrator.id == member_id:
        return no(_("Somebody else than you yourself has to become its owner."))
    return may_administer(administrator)


def may_be_without(mandate: Mandate, owners: Sequence[Mandate]) -> Verdict:
    """Whether its organisation can go on without this mandate, or without its being an owner's;
    `owners` are the live ones. Who is suspended keeps theirs, but sees to nothing meanwhile."""
    others = [one for one in owners if one.id != mandate.id and may_sign_in(one.member)]
    if mandate.live and mandate.role == MandateRole.OWNER and not others:
        return no(_("This is the last owner. Make somebody else an owner first."))
    return YES
