"""What one would write first: `await send_text` for every socket. Stores nothing.

The mark that our own fan-out is measured against, in the same run on the same core.
"""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

PATH, READY = "/live", "ready"

room: set[WebSocket] = set()


async def live(websocket: WebSocket) -> None:
    await websocket.accept()
    room.add(websocket)
    await websocket.send_text(READY)
    try:
        while True:
            text = await websocket.receive_text()
            for other in room:
                await other.send_text(text)
    except WebSocketDisconnect:
        room.discard(websocket)


if __name__ == "__main__":
    app = Starlette(routes=[WebSocketRoute(PATH, live)])
    uvicorn.run(
        app,
        port=int(sys.argv[1]),
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        log_level="error",
    )
