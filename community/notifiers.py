"""What our letters say to those who report something without an account. None holds what was told:
whoever asks in the name of another reaches them with our words alone."""

from community.letters import IGNORE, MailKind, Words
from community.words import _

TO_REPORT = _("My report"), "/reported/{ticket}"
LETTERS_TO_NOTIFIERS = {
    MailKind.REPORT: Words(
        _("Please confirm your report"),
        [
            _(
                "Somebody reported something in our community with this address. Before a "
                "moderator looks at it, please confirm that it was you."
            ),
            _("The button works once, until tomorrow at this hour."),
            IGNORE,
        ],
        _("Look at the report and confirm it"),
        "/report/{ticket}",
    ),
    MailKind.REPORT_TAKEN: Words(
        _("Your report has reached us"),
        [
            _(
                "Thank you. What you reported was kept as it was at that moment. A moderator will "
                "look at it, and you will be told what came of it."
            ),
            _(
                "The button leads to what became of it. It is for you alone: please keep this "
                "e-mail. Nobody but the moderators learns who you are."
            ),
        ],
        *TO_REPORT,
    ),
    MailKind.REPORT_DECIDED: Words(
        _("Your report was decided"),
        [
            _(
                "A moderator has looked at what you reported. The button leads to what was decided "
                "and why, and to what you can do if you see it differently."
            ),
        ],
        *TO_REPORT,
    ),
    MailKind.REPORT_APPEALED: Words(
        _("Your report is looked at once more"),
        [
            _(
                "We have got your words. Somebody who has not decided it will take another look, "
                "and we write to you what comes of it."
            ),
            _("The button leads to until when, and to what you wrote."),
        ],
        *TO_REPORT,
    ),
}
