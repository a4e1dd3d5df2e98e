"""What our letters say to those who may not come in for now, or not any more."""

from community.letters import MailKind, Words
from community.words import _

LETTERS_TO_THE_KEPT_OUT = {
    MailKind.SUSPENDED: Words(
        _("Your account is suspended for a while"),
        [
            _(
                "%(name)s, a moderator has decided about what you wrote in “%(place)s”: it is "
                "hidden, and you cannot sign in until %(until)s."
            ),
            _("Why: %(reason)s. What was found: %(facts)s"),
            _(
                "Nothing is lost. What you own or speak for is kept for you, and from then on you "
                "sign in as before. Whoever tries earlier is shown the whole decision."
            ),
            _(
                "If you see it differently, ask for another look within 180 days: say who you are, "
                "as when you sign in, and the form stands below decision no. %(decision)s. "
                "Somebody who has not decided it will look at it."
            ),
        ],
        _("Ask for another look"),
        "/sign-in",
    ),
    MailKind.BANNED: Words(
        _("Your account is banned"),
        [
            _(
                "%(name)s, two people have decided about what you wrote in “%(place)s”: you cannot "
                "sign in any more."
            ),
            _("Why: %(reason)s. What was found: %(facts)s"),
            _(
                "If you see it differently, ask for another look within 180 days: say who you are, "
                "as when you sign in, and the form stands below decision no. %(decision)s. "
                "Somebody who has not decided it will look at it."
            ),
        ],
        _("Ask for another look"),
        "/sign-in",
    ),
    MailKind.APPEAL_MADE: Words(
        _("We have got what you wrote about decision no. %(decision)s"),
        [
            _(
                "%(name)s, somebody who has not decided it will look at it. You are told by letter "
                "what comes of it, at the latest on %(due)s."
            ),
        ],
    ),
    MailKind.APPEAL_ANSWERED: Words(
        _("Another look was taken at what you wrote in “%(place)s”"),
        [
            _("%(name)s, somebody who had not decided it before has looked at it: %(ruling)s"),
            _("What was found: %(facts)s"),
            _(
                "If something still keeps you out, you are shown all of it when you say who you "
                "are, as when you sign in."
            ),
        ],
        _("Read the decision"),
        "/sign-in",
    ),
}
