"""Helping a member back in who has lost their second step: one asks, another confirms."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from community.factors import resetting
from web.doors import proving
from web.forms import Form, back, filled_in
from web.ids import Line

RESET = "/administration/members/{member:id}/second-step"


class Lost(Form, frozen=True, kw_only=True):
    because: Line


async def ask(request: Request) -> Response:
    given = await filled_in(request, Lost)
    await proving(request, resetting.ask_for_reset, request.path_params["member"], given.because)
    return _back(request)


async def confirm(request: Request) -> Response:
    await proving(request, resetting.confirm_reset, request.path_params["member"])
    return _back(request)


async def withdraw(request: Request) -> Response:
    await proving(request, resetting.withdraw_reset, request.path_params["member"])
    return _back(request)


def _back(request: Request) -> Response:
    return back(request, "manage_member", "step", member=request.path_params["member"])


routes = [
    Route(f"{RESET}/reset", ask, methods=["POST"], name="ask_reset"),
    Route(f"{RESET}/confirmation", confirm, methods=["POST"], name="confirm_reset"),
    Route(f"{RESET}/withdrawal", withdraw, methods=["POST"], name="withdraw_reset"),
]
