"""The words of roles, for lists and choices."""

from community.members.models import Role
from community.words import _

ROLE_NAMES = {
    Role.MEMBER: _("Member"),
    Role.MODERATOR: _("Moderator"),
    Role.SENIOR: _("Senior moderator"),
    Role.ADMINISTRATOR: _("Administrator"),
}
