"""The least that Python can do: encoded once, written to every transport. Stores nothing, asks
nobody whether they keep up.

The floor of a machine: whatever a delivery costs above it is ours.
"""

import sys

import uvloop
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from tests.bench.naive import PATH, READY
from web.wire import Wire, line_to, listening, pack, server

room: set[Wire] = set()


async def live(websocket: WebSocket) -> None:
    await websocket.accept()
    wire = line_to(websocket)
    assert isinstance(wire, Wire)
    room.add(wire)
    await websocket.send_text(READY)
    try:
        while True:
            packet = pack((await websocket.receive_text()).encode())
            for other in room:
                other.transport.write(packet)
    except WebSocketDisconnect:
        room.discard(wire)


async def _drain() -> None:
    """Nothing is under way."""


if __name__ == "__main__":
    app = Starlette(routes=[WebSocketRoute(PATH, live)])
    listener = listening("127.0.0.1", int(sys.argv[1]))
    uvloop.run(server(app, _drain).serve(sockets=[listener]))
