"""What our letters say to those who join, are invited, or consent for a child."""

from community.letters import IGNORE, MailKind, Words
from community.words import _

INVITED_TO_SPEAK = _(
    "%(by)s invites you to speak for %(organisation)s in the community where "
    "government, local brands and industry regions talk to each other."
)
INVITED_UNTIL = _(
    "The button is for you alone and works for %(days)s days. If you do not know who this is, you "
    "need not do anything."
)
ONCE = _("The button works once, until tomorrow at this hour.")
TO_INVITATION = _("Look at the invitation"), "/invited/{ticket}"
TO_JOINING = _("Confirm and choose a password"), "/join/{ticket}"
LETTERS_TO_NEWCOMERS = {
    MailKind.JOIN: Words(
        _("Confirm your address"),
        [
            _(
                "Welcome. One step is left: confirm that this is your address, and choose a "
                "password."
            ),
            ONCE,
            IGNORE,
        ],
        *TO_JOINING,
    ),
    MailKind.HERE_ALREADY: Words(
        _("You are a member already"),
        [
            _(
                "Somebody wanted to use this address here, which is yours already. You can "
                "sign in with it as before."
            ),
            _("Have you forgotten the password? Ask for a new one where you sign in."),
            IGNORE,
        ],
        _("Sign in"),
        "/sign-in",
    ),
    MailKind.JOIN_YOUNG: Words(
        _("Confirm your address"),
        [
            _(
                "Welcome. Two steps are left: confirm that this is your address and choose a "
                "password; and your guardian agrees. We have written to them."
            ),
            ONCE,
            IGNORE,
        ],
        *TO_JOINING,
    ),
    MailKind.GUARDIAN: Words(
        _("Your consent is asked for"),
        [
            _(
                "%(child)s wants to join the community where government, local brands and "
                "industry regions talk to each other, is perhaps not yet 16, and has named you as "
                "mother, father or guardian."
            ),
            _(
                "Only with your consent can they join. The page says what it means. It works for "
                "7 days; with the same button you can take your consent back at any time."
            ),
            _("Do you not know them? Then you need not do anything; they do not join."),
        ],
        _("Look at this and decide"),
        "/guardian/{ticket}",
    ),
    MailKind.GUARDIAN_TERMS: Words(
        _("Our terms have changed"),
        [
            _(
                "%(child)s, for whom you consented, has agreed to our new terms. Please read them; "
                "with the button you can take your consent back at any time."
            ),
        ],
        _("Look at this and decide"),
        "/guardian/{ticket}",
    ),
    MailKind.GUARDIAN_AGREED: Words(
        _("Your guardian has agreed"),
        [_("%(name)s, your guardian has agreed. You are a member now, and can sign in.")],
        _("Sign in"),
        "/sign-in",
    ),
    MailKind.GUARDIAN_WITHDREW: Words(
        _("Your guardian has taken their consent back"),
        [
            _(
                "%(name)s, your guardian has taken their consent back. You can go on reading; to "
                "write again, ask them to give it once more."
            ),
        ],
    ),
    MailKind.INVITED: Words(
        _("You are invited"),
        [
            _(
                "%(by)s invites you to the community where government, local brands and industry "
                "regions talk about capacity, quality and logistics."
            ),
            INVITED_UNTIL,
        ],
        *TO_INVITATION,
    ),
    MailKind.INVITED_FOR: Words(
        _("You are invited"),
        [INVITED_TO_SPEAK, INVITED_UNTIL],
        *TO_INVITATION,
    ),
    MailKind.INVITED_FOR_UNVERIFIED: Words(
        _("You are invited"),
        [
            INVITED_TO_SPEAK,
            _(
                "%(organisation)s is not verified: nobody here has looked yet whether it is who "
                "it says. Accept only if you know who invites you."
            ),
            INVITED_UNTIL,
        ],
        *TO_INVITATION,
    ),
}
