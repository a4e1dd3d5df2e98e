"""The provider whose accounts are good here, too (OpenID Connect Core 1.0): code, PKCE, nonce."""

import json
from typing import Any

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from community.addresses import canonical
from community.elsewhere import UNFIT, Arrival
from community.errors import Busy, Denied, Invalid
from community.settings import Settings
from community.words import _

PATIENCE = 10  # seconds
ALGORITHMS = ["RS256", "ES256", "EdDSA"]
AWAY = _("%(name)s does not answer just now. Please try again, or sign in with your password.")
LONGEST_SUBJECT = 255  # characters (OpenID Connect Core 1.0, 2)


class Provider:
    """Asked anew each time, so that it may change its keys."""

    def __init__(self, settings: Settings, back: str) -> None:
        self._issuer = settings.oidc_issuer
        self._name = settings.oidc_name
        self._client_id = settings.oidc_client_id
        self._secret = settings.oidc_client_secret
        self._back = back

    async def door(self, *, state: str, nonce: str, verifier: str) -> str:
        """Where a browser goes to say who it is. Raises Busy."""
        async with self._client() as client:
            at = (await self._about(client))["authorization_endpoint"]
            asked = {"state": state, "nonce": nonce, "code_verifier": verifier}
            address: str = client.create_authorization_url(at, **asked)[0]
            return address

    async def arrival(self, code: str, *, nonce: str, verifier: str) -> Arrival:
        """Who came with this code. Raises Denied for what is not all right, Busy where it does not
        answer."""
        async with self._client() as client:
            about = await self._about(client)
            try:
                told = await client.fetch_token(
                    about["token_endpoint"], code=code, code_verifier=verifier
                )
                keys = KeySet.import_key_set(await self._read(client, about["jwks_uri"]))
                token = jwt.decode(told["id_token"], keys, algorithms=ALGORITHMS)
                self._rules(nonce).validate(token.claims)
            except (OAuthError, JoseError, KeyError, ValueError, TypeError) as error:
                raise Denied(UNFIT) from error
            except httpx2.HTTPError as error:
                raise Busy(AWAY, name=self._name) from error
        self._require_ours(token.claims)
        return _arrival(token.claims)

    def _require_ours(self, claims: dict[str, Any]) -> None:
        """For nobody beside us (OpenID Connect Core 1.0, 3.1.3.7, points 3 to 5)."""
        audience, subject = claims["aud"], str(claims["sub"])
        alone = audience in (self._client_id, [self._client_id])
        if not alone or claims.get("azp", self._client_id) != self._client_id:
            raise Denied(UNFIT)
        if not subject.isprintable() or len(subject) > LONGEST_SUBJECT:
            raise Denied(UNFIT)

    def _rules(self, nonce: str) -> JWTClaimsRegistry:
        said: Any = {
            "iss": {"essential": True, "value": self._issuer},
            "aud": {"essential": True, "value": self._client_id},
            "nonce": {"essential": True, "value": nonce},
            "sub": {"essential": True},
            "exp": {"essential": True},
        }
        return JWTClaimsRegistry(leeway=60, **said)

    async def _about(self, client: Any) -> dict[str, Any]:
        """Its own description, which has to be about itself (OIDC Discovery, 4.3)."""
        try:
            about = await self._read(client, f"{self._issuer}/.well-known/openid-configuration")
        except (httpx2.HTTPError, json.JSONDecodeError) as error:
            raise Busy(AWAY, name=self._name) from error
        if not isinstance(about, dict) or about.get("issuer") != self._issuer:
            raise Busy(AWAY, name=self._name)
        return about

    async def _read(self, client: Any, address: str) -> Any:
        answer = await client.request("GET", address, withhold_token=True)
        answer.raise_for_status()
        return answer.json()

    def _client(self) -> Any:
        return AsyncOAuth2Client(
            self._client_id,
            self._secret or None,
            scope="openid email profile",
            redirect_uri=self._back,
            code_challenge_method="S256",
            timeout=PATIENCE,
        )


def _arrival(claims: dict[str, Any]) -> Arrival:
    """An address counts where the provider has seen to it that it is theirs."""
    try:
        email = canonical(str(claims["email"])) if claims.get("email_verified") is True else ""
    except (Invalid, KeyError):
        email = ""
    name = " ".join(str(claims.get("name", "")).split())[:60]
    return Arrival(str(claims["iss"]), str(claims["sub"]), email, name)
