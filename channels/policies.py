from channels.models import Channel, ChannelState, Message
from community.members.models import Member
from community.members.policies import may_write
from community.policies import YES, Verdict, no
from community.words import _

STATES = {
    ChannelState.READ_ONLY: _("Nothing can be said here for now."),
    ChannelState.ARCHIVED: _("This channel is archived."),
}


def may_speak(member: Member, channel: Channel) -> Verdict:
    if not may_write(member):
        return may_write(member)
    if channel.state != ChannelState.OPEN:
        return no(STATES[ChannelState(channel.state)])
    return YES


def may_change(member: Member, message: Message) -> Verdict:
    if message.author_id != member.id:
        return no(_("Only the author can change it."))
    if message.gone:
        return no(_("It is not there any more."))
    return may_speak(member, message.channel)


def may_manage(member: Member) -> Verdict:
    if not member.administers:
        return no(_("Only administrators do this."))
    return YES


def may_remove(member: Member) -> Verdict:
    if not member.moderates:
        return no(_("Only moderators do this."))
    return YES
