"""What browsers and we say to each other about passkeys (WebAuthn, level 3), and nothing stored.

Whoever uses one has to unlock it, by a finger, a face or a PIN, so it is two factors by itself.
"""

import json
from collections.abc import Sequence
from typing import NamedTuple

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from community.errors import Denied
from community.words import _

LONGEST = 16_000  # characters of what a browser answers
WITHIN = 9 * 60_000  # milliseconds, to answer; a little later nobody remembers what was asked
USELESS = _("This passkey did not work here. Please try again, or use another way.")
REQUIRED = UserVerificationRequirement.REQUIRED


class Here(NamedTuple):
    """Whose passkeys these are, from the settings and never from a request."""

    host: str
    origin: str
    name: str  # of the community


class NewKey(NamedTuple):
    credential: str
    public_key: str
    sign_count: int


class Used(NamedTuple):
    """What a browser says it used, before anybody believes it."""

    credential: str
    challenge: str
    holder: int | None  # the member's number, where the passkey says it


def to_add(
    here: Here, challenge: str, known: Sequence[str], *, holder: int, email: str, name: str
) -> str:
    """What a browser is asked for, as JSON. Those that are `known` are not made twice."""
    options = generate_registration_options(
        rp_id=here.host,
        rp_name=here.name,
        user_id=str(holder).encode(),
        user_name=email,
        user_display_name=name,
        challenge=base64url_to_bytes(challenge),
        timeout=WITHIN,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=REQUIRED
        ),
        exclude_credentials=_described(known),
    )
    return options_to_json(options)


def to_use(here: Here, challenge: str, known: Sequence[str]) -> str:
    """The same for signing in; whose it is shows afterwards where none are `known`."""
    options = generate_authentication_options(
        rp_id=here.host,
        challenge=base64url_to_bytes(challenge),
        timeout=WITHIN,
        allow_credentials=_described(known),
        user_verification=REQUIRED,
    )
    return options_to_json(options)


def challenge_in(answer: str) -> str:
    """Which of our challenges this answers. Raises Denied."""
    try:
        said = json.loads(answer)["response"]["clientDataJSON"]
        challenge = json.loads(base64url_to_bytes(said))["challenge"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Denied(USELESS) from error
    if not isinstance(challenge, str) or not challenge.isascii() or "\0" in challenge:
        raise Denied(USELESS)
    return challenge


def added(here: Here, answer: str, challenge: str) -> NewKey:
    """Raises Denied for anything but a new passkey, made here and for this challenge."""
    try:
        new = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=here.host,
            expected_origin=here.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, RecursionError) as error:
        raise Denied(USELESS) from error
    return NewKey(
        bytes_to_base64url(new.credential_id),
        bytes_to_base64url(new.credential_public_key),
        new.sign_count,
    )


def used(answer: str) -> Used:
    """Raises Denied for what is no answer of a passkey at all."""
    try:
        said = parse_authentication_credential_json(answer)
        handle = said.response.user_handle
        holder = int(handle) if handle else None
    except (WebAuthnException, ValueError, TypeError, RecursionError) as error:
        raise Denied(USELESS) from error
    return Used(said.id, challenge_in(answer), holder)


def sign_count(here: Here, answer: str, challenge: str, key: NewKey) -> int:
    """How often the passkey says it was used. Raises Denied where it did not sign this, now and
    here, or counts less than before: then there are two of it."""
    try:
        proven = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=here.host,
            expected_origin=here.origin,
            credential_public_key=base64url_to_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, TypeError, KeyError, RecursionError) as error:
        raise Denied(USELESS) from error
    return proven.new_sign_count


def _described(known: Sequence[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known]
