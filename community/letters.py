"""What our letters say; web/post.py writes them out in the reader's tongue."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from community.words import _


class MailKind(StrEnum):
    JOIN = "join"
    HERE_ALREADY = "here_already"
    RESET = "reset"
    NOT_HERE = "not_here"
    MOVE = "move"
    MOVED = "moved"
    PASSWORD_CHANGED = "password_changed"
    FACTORS_CHANGED = "factors_changed"
    CODE_USED = "code_used"
    FACTOR_WANTED = "factor_wanted"
    FACTOR_SOON = "factor_soon"
    POWERS_REST = "powers_rest"
    RESET_ASKED = "reset_asked"
    FACTORS_RESET = "factors_reset"
    ROLE = "role"
    NOTICES = "notices"
    JOIN_YOUNG = "join_young"
    GUARDIAN = "guardian"
    GUARDIAN_TERMS = "guardian_terms"
    GUARDIAN_AGREED = "guardian_agreed"
    GUARDIAN_WITHDREW = "guardian_withdrew"
    INVITED = "invited"
    INVITED_FOR = "invited_for"
    INVITED_FOR_UNVERIFIED = "invited_for_unverified"
    OFFICE = "office"
    LINKED = "linked"
    SUSPENDED = "suspended"
    BANNED = "banned"
    APPEAL_MADE = "appeal_made"
    APPEAL_ANSWERED = "appeal_answered"
    SIGNED_OUT = "signed_out"
    CALLED = "called"
    REPORT = "report"
    REPORT_TAKEN = "report_taken"
    REPORT_DECIDED = "report_decided"
    REPORT_APPEALED = "report_appealed"
    ORDER = "order"
    ANCHOR = "anchor"


class Words(NamedTuple):
    """What a letter says, in English, as the catalogues know it; `about` fills the gaps."""

    subject: str
    lines: Sequence[str]
    button: str = ""
    path: str = ""  # where the button leads; {ticket} is what opens it, {case} its number
    copied: str = ""  # which of `about` stands there as it is, for somebody to copy


IGNORE = _("Was it not you? Then you need not do anything; nothing changes.")
SECOND_STEP = (_("Signing in in two steps"), "/settings/account/steps")
LETTERS = {
    MailKind.RESET: Words(
        _("Choose a new password"),
        [
            _("%(name)s, somebody asked for a new password for this address."),
            _(
                "The button works once, within 30 minutes. All browsers that are signed "
                "in will have to sign in again."
            ),
            IGNORE,
        ],
        _("Choose a new password"),
        "/reset/{ticket}",
    ),
    MailKind.NOT_HERE: Words(
        _("There is no account with this address"),
        [
            _(
                "Somebody asked for a new password for this address, but no member has "
                "it. Perhaps you joined with another one?"
            ),
            IGNORE,
        ],
        _("Join"),
        "/join",
    ),
    MailKind.MOVE: Words(
        _("Confirm your new address"),
        [
            _(
                "%(name)s, from now on you want to sign in with this address. Please "
                "confirm that it is yours."
            ),
            _("The button works once, until tomorrow at this hour. You have to be signed in."),
            IGNORE,
        ],
        _("Confirm the new address"),
        "/move/{ticket}",
    ),
    MailKind.MOVED: Words(
        _("Your address was changed"),
        [
            _("%(name)s, your account now has another e-mail address; this one opens it no more."),
            _(
                "Was it not you? Then write to an administrator at once: somebody else "
                "has your account."
            ),
        ],
    ),
    MailKind.PASSWORD_CHANGED: Words(
        _("Your password was changed"),
        [
            _("%(name)s, your account has a new password. All other browsers were signed out."),
            _("Was it not you? Then ask for a new password at once, and tell an administrator."),
        ],
        _("I need a new password"),
        "/forgot",
    ),
    MailKind.FACTORS_CHANGED: Words(
        _("The second step of your sign-in was changed"),
        [
            _(
                "%(name)s, an app, a passkey or your recovery codes were added, removed or made "
                "anew. All other browsers were signed out."
            ),
            _("Was it not you? Then choose a new password at once, and tell an administrator."),
        ],
        *SECOND_STEP,
    ),
    MailKind.CODE_USED: Words(
        _("A recovery code was used"),
        [
            _("%(name)s, somebody signed in to your account with a recovery code. %(left)s left."),
            _("Was it not you? Then choose a new password at once, and tell an administrator."),
        ],
        *SECOND_STEP,
    ),
    MailKind.FACTOR_WANTED: Words(
        _("Please sign in in two steps from now on"),
        [
            _(
                "%(name)s, with your task here you decide or speak for others. So that nobody "
                "else does it in your name, a password alone is not enough: please add a "
                "passkey or an app within %(days)s days."
            ),
            _("It takes two minutes. Without it, what the task allows rests after that time."),
        ],
        *SECOND_STEP,
    ),
    MailKind.FACTOR_SOON: Words(
        _("Three days left to add a second step"),
        [
            _(
                "%(name)s, your sign-in still has no second step. In three days what your task "
                "allows rests until you add one; everything else stays as it is."
            ),
        ],
        *SECOND_STEP,
    ),
    MailKind.POWERS_REST: Words(
        _("Your task rests until you sign in in two steps"),
        [
            _(
                "%(name)s, your sign-in has no second step yet, so for now you cannot do what "
                "your task allows. You can read and write as before."
            ),
            _("Add a passkey or an app, and everything is as it was at once."),
        ],
        *SECOND_STEP,
    ),
    MailKind.RESET_ASKED: Words(
        _("Somebody asked to reset a second step"),
        [
            _(
                "%(asker)s, an administrator, says that %(whose)s has lost what they sign in "
                "with besides the password: %(because)s"
            ),
            _(
                "It is removed when a second administrator confirms. Is this wrong? Then "
                "tell an administrator at once."
            ),
        ],
    ),
    MailKind.FACTORS_RESET: Words(
        _("A second step was reset"),
        [
            _(
                "The second step of the sign-in of %(whose)s was removed, by %(asker)s. All "
                "their browsers were signed out; they now sign in with their password alone."
            ),
            _("Whoever does not know it any more asks for a new one on the page to sign in."),
            _("Is this wrong? Then tell an administrator at once."),
        ],
    ),
    MailKind.SIGNED_OUT: Words(
        _("You were signed out everywhere"),
        [
            _(
                "%(name)s, an administrator has signed you out of all browsers. That is all that "
                "has changed."
            ),
            _("Sign in again as ever. If somebody else may know your password, choose a new one."),
        ],
    ),
    MailKind.ROLE: Words(
        _("Your role was changed"),
        [
            _("%(name)s, you now have another role in the community. It holds at once."),
            _("Please sign in again; your browsers were signed out. Your account says what it is."),
        ],
        _("My account"),
        "/settings/account",
    ),
    # One says itself what it is about; of several this is the subject.
    MailKind.NOTICES: Words(_("News for you"), [], _("All my notices"), "/notices"),
    MailKind.LINKED: Words(
        _("Another way to sign in was added"),
        [
            _("%(name)s, your account can now be opened with an account elsewhere, too."),
            _(
                "Was it not you? Then take it away in your account at once, and choose a new "
                "password."
            ),
        ],
        _("My account"),
        "/settings/account/steps",
    ),
    MailKind.CALLED: Words(
        _("Case %(case)s cannot wait"),
        [
            _("%(name)s, you are called because nobody has claimed it yet: %(reason)s."),
            _("It is due at %(due)s. Claim it, and nobody else is called."),
            _("What it is about stands only on the page: please open it where nobody looks on."),
        ],
        _("Open the case"),
        "/cases/{case}",
    ),
    MailKind.ORDER: Words(
        _("Order %(order)s: %(percent)s %% of its time has passed"),
        [
            _("%(name)s, the order of an authority is not answered yet. It is due at %(due)s."),
            _("Its clock cannot be stopped. Whoever may not open it calls an administrator."),
            _("What it is about stands only on the page: please open it where nobody looks on."),
        ],
        _("Open the order"),
        "/moderation/orders/{order}",
    ),
    MailKind.ANCHOR: Words(
        _("The audit ends at seal %(count)s"),
        [
            _(
                "All that is done with power is sealed, each entry over the one before. This is "
                "where it ended today. Please keep this letter where nobody who runs the "
                "community can change it."
            ),
            _(
                "Whoever wants to know later whether anything before it was changed puts the line "
                "into a file and runs `akar audit verify --anchor` with its name."
            ),
        ],
        copied="anchor",
    ),
    MailKind.OFFICE: Words(
        _("Is this your office?"),
        [
            _(
                "%(name)s wants “%(organisation)s” to be verified in the community, and says that "
                "this is its address. If that is right, please confirm it."
            ),
            _("The button works once, within seven days. You need no account."),
            IGNORE,
        ],
        _("Confirm the address"),
        "/office/{ticket}",
    ),
}
