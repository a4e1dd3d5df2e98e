from typing import NamedTuple

from channels.models import Channel, ChannelRole, ChannelState, ChannelType, Message
from community.members.models import Member
from community.members.policies import may_write
from community.policies import YES, Verdict, no
from community.words import _

STATES = {
    ChannelState.READ_ONLY: _("Nothing can be said here for now."),
    ChannelState.ARCHIVED: _("This channel is archived."),
}


NOTHING = _("Please write something first.")


class Standing(NamedTuple):
    """What a member is to a channel, and to that of a thread: their role there, empty for who has
    not joined; and whether of the two of a direct room one has blocked the other."""

    role: str = ""
    apart: bool = False

    @property
    def joined(self) -> bool:
        return bool(self.role)

    @property
    def hosts(self) -> bool:
        return self.role == ChannelRole.HOST


def is_heard(member: Member, channel: Channel) -> Verdict:
    """Who is muted, here or everywhere, neither speaks nor decides about others."""
    if not may_write(member):
        return may_write(member)
    if until := channel.home.muted_until(member.id):
        return no(_("You are muted in this channel until %(until)s."), until=until)
    return YES


def may_speak(member: Member, channel: Channel, standing: Standing) -> Verdict:
    """In a thread beside a channel that is for announcements everybody answers."""
    if not may_answer(member, channel, standing):
        return may_answer(member, channel, standing)
    if channel.announcing and not (standing.hosts or member.moderates):
        return no(_("Here only hosts begin to speak; everybody reads."))
    return YES


def may_answer(member: Member, channel: Channel, standing: Standing) -> Verdict:
    """What is said there, without a word or in a thread."""
    if not is_heard(member, channel):
        return is_heard(member, channel)
    for one in (channel, channel.home):
        if one.state != ChannelState.OPEN:
            return no(STATES[ChannelState(one.state)])
    if standing.apart:
        return no(_("You two do not write to each other."))
    return YES


def keeps_pace(member: Member, standing: Standing) -> bool:
    """Whether slow mode holds for them."""
    return not (standing.hosts or member.moderates)


def may_change(member: Member, message: Message, standing: Standing) -> Verdict:
    if not may_withdraw(member, message):
        return may_withdraw(member, message)
    return may_speak(member, message.channel, standing)


def may_withdraw(member: Member, message: Message) -> Verdict:
    """Own words go whoever may not speak there any more."""
    if message.author_id != member.id:
        return no(_("Only the author can change it."))
    if message.gone not in {"", "asked"}:
        return no(_("It is not there any more."))
    return YES


def may_bring_back(member: Member, message: Message, standing: Standing) -> Verdict:
    """Only what the author withdrew: what was hidden, moved or kept no longer stays so."""
    if message.author_id != member.id:
        return no(_("Only the author can change it."))
    if message.gone not in {"", "withdrawn"}:
        return no(_("It is not there any more."))
    return may_speak(member, message.channel, standing)


def may_manage(member: Member) -> Verdict:
    if not member.administers:
        return no(_("Only administrators do this."))
    return YES


def may_host(member: Member, channel: Channel, standing: Standing) -> Verdict:
    """Its description, its pinned line, its state, its pace, and who is in it."""
    if channel.type != ChannelType.CHANNEL:
        return no(_("Here nobody is host."))
    if not (standing.hosts or member.administers):
        return no(_("Only hosts of the channel do this."))
    return is_heard(member, channel)


def may_demote(member: Member, other_id: int, standing: Standing) -> Verdict:
    """Whether they may take the role of a host away. The caller asks may_host, too."""
    if member.moderates or (standing.hosts and member.id == other_id):
        return YES
    return no(_("Only moderators and administrators take the role of another host away."))


def may_silence(member: Member, channel: Channel, standing: Standing) -> Verdict:
    """That nothing is said there for now, and that it goes on: moderators, too."""
    if member.moderates and channel.type == ChannelType.CHANNEL:
        return is_heard(member, channel)
    return may_host(member, channel, standing)


def may_invite(member: Member, channel: Channel, standing: Standing) -> Verdict:
    if channel.type == ChannelType.GROUP and standing.joined:
        return is_heard(member, channel)
    if not (channel.private or member.administers):
        return no(_("Everybody can join this channel without an invitation."))
    return may_host(member, channel, standing)


def may_name(member: Member, channel: Channel, standing: Standing) -> Verdict:
    """Of channels administrators do it, where they change its place."""
    if channel.type != ChannelType.GROUP or not standing.joined:
        return no(_("Only a group is named by those who are in it."))
    return is_heard(member, channel)


def may_remove(member: Member, channel: Channel, standing: Standing) -> Verdict:
    if channel.type != ChannelType.CHANNEL:
        return no(_("Everybody leaves a group by themselves."))
    if not (standing.hosts or member.moderates):
        return no(_("Only hosts of the channel do this."))
    return is_heard(member, channel)


def may_leave(channel: Channel, standing: Standing, hosts: int, others: int) -> Verdict:
    """`others` are in it, too; of all in it so many are hosts."""
    if channel.type == ChannelType.DIRECT:
        return no(_("A direct room stays with its two. You can set it to nothing instead."))
    if standing.hosts and hosts == 1 and others:
        return no(_("You are the only host here. Make somebody else one first."))
    return YES
