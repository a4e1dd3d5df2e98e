"""A provider of accounts of the tests' own, which speaks OpenID Connect on this machine."""

from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from hashlib import sha256
from time import time
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from community.settings import Settings
from tests import servers
from tests.conftest import served

CLIENT, SECRET = "akar", "only-for-tests"


@dataclass
class Provider:
    issuer: str
    key: RSAKey = field(default_factory=lambda: new_key())
    signs_with: RSAKey | None = None  # another one, where it is not honest
    asked: dict[str, dict[str, str]] = field(default_factory=dict)  # by code
    says: dict[str, Any] = field(default_factory=dict)  # of whoever signs in there
    instead: dict[str, Any] = field(default_factory=dict)  # where it is not honest

    def signs_in(self, door: str, **says: Any) -> str:
        """At its door: the address to which it sends the browser back."""
        self.says = {"sub": "g-1", "name": "Gita", "email_verified": True} | says
        asked = {name: value for name, (value,) in parse_qs(urlsplit(door).query).items()}
        assert asked["code_challenge_method"] == "S256" and asked["client_id"] == CLIENT
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        back = urlsplit(asked["redirect_uri"])
        return f"{back.path}?{urlencode({'code': code, 'state': asked['state']})}"

    async def about(self, _request: Request) -> Response:
        at = {
            name: f"{self.issuer}/{path}"
            for name, path in (
                ("authorization_endpoint", "door"),
                ("token_endpoint", "token"),
                ("jwks_uri", "keys"),
            )
        }
        return JSONResponse({"issuer": self.issuer, **at})

    async def keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def token(self, request: Request) -> Response:
        given = await request.form()
        asked = self.asked.pop(str(given["code"]), None)
        digest = sha256(str(given["code_verifier"]).encode()).digest()
        challenge = urlsafe_b64encode(digest).decode().rstrip("=")
        if asked is None or asked["code_challenge"] != challenge:
            return JSONResponse({"error": "invalid_grant"}, 400)
        told = {"iss": self.issuer, "aud": CLIENT, "exp": int(time()) + 60, "iat": int(time())}
        claims = told | {"nonce": asked["nonce"]} | self.says | self.instead
        token = jwt.encode({"alg": "RS256", "kid": "k1"}, claims, self.signs_with or self.key)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "id_token": token})


def new_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "k1"})


def knowing(settings: Settings, there: Provider) -> Settings:
    """As an operator writes them who chose this provider."""
    return replace(
        settings, oidc_issuer=there.issuer, oidc_client_id=CLIENT, oidc_client_secret=SECRET,
        oidc_name="Kominfo",
    )  # fmt: skip


@asynccontextmanager
async def provider() -> AsyncIterator[Provider]:
    port = servers.free_port()
    there = Provider(f"http://127.0.0.1:{port}")
    routes = [
        Route("/.well-known/openid-configuration", there.about),
        Route("/keys", there.keys),
        Route("/token", there.token, methods=["POST"]),
    ]
    async with served(Starlette(routes=routes), Settings(port=port)):
        yield there
