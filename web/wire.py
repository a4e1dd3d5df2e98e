"""The only file that knows the server. Bytes go straight to its transports.

A packet is encoded once and written to every tab as it is: no task, no queue and no await per
tab. What a tab has not read yet waits in its transport, and that pile has a bound (D9).
"""

import asyncio
import signal
import socket
from collections.abc import Awaitable, Callable, Iterable
from types import FrameType
from typing import NewType, Protocol, cast

import uvicorn
from starlette.applications import Starlette
from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import OPEN

TOO_SLOW = 4290
NO_TEXT, TOO_BIG = 1007, 1009  # RFC 6455, 7.4.1
PILE = 512 * 1024  # bytes a slow tab may leave unread before it is told to come back
KERNEL = 128 * 1024  # bytes of them the kernel may hide from us
HELD = PILE // 2  # bytes that may wait while a stream is being read
UNREAD = 20  # seconds a tab may leave us waiting while it catches up
GOODBYE = 5  # seconds a closing tab has to read the rest
# Bytes of a frame from a tab. A browser's longest message fits into a quarter of it; a program may
# escape each of the 16,000 characters as two of six bytes, and a member has ten sockets.
LONGEST = 256 * 1024
PIECES = 64  # a frame from a tab may come in
BACKLOG = 2_048  # connections that may wait to be taken
GONE = 30_000  # milliseconds after which a peer that acknowledges nothing is dead


Packet = NewType("Packet", bytes)  # one or more websocket messages, as they go over the wire


def pack(text: bytes) -> Packet:
    return Packet(Frame(Opcode.TEXT, text).serialize(mask=False))


def joined(packets: Iterable[Packet]) -> Packet:
    """One write; the browser still sees them one by one."""
    return Packet(b"".join(packets))


class Line(Protocol):
    """One tab's connection."""

    def carry(self, packet: Packet) -> None:
        """Never waits."""

    def hang_up(self, code: int, reason: str) -> None:
        """Never waits. Closing twice is closing once."""

    async def has_room(self) -> None:
        """Returns when the tab has read most of what it was sent, or is gone."""


class Wire(WebSocketsSansIOProtocol):
    """`carry` is the transport's own write as long as the tab listens and keeps up, which costs
    nothing beside the write; else what looks first."""

    __slots__ = ("carry",)  # of a thousand tabs one after another, each is read from memory
    carry: Callable[[Packet], None]

    def handle_connect(self, event: Request) -> None:
        super().handle_connect(event)
        if self.response.status_code == 101:
            cast(dict[str, object], self.scope["extensions"])["wire"] = self

    def start_keepalive(self) -> None:
        """The handshake is over: what it was made of is not kept for as long as a page is open."""
        super().start_keepalive()
        del self.request, self.response
        self._find_way()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._find_way()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._find_way()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.transport.is_closing():  # by a goodbye, or by nonsense
            self._find_way()

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self._find_way()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._find_way()

    def _find_way(self) -> None:
        """Below what makes a transport pause no pile is too high."""
        listens = not (self.close_sent or self.transport.is_closing())
        keeps_up = self.writable.is_set()
        self.carry = self.transport.write if listens and keeps_up else self._carry_with_care

    def handle_cont(self, event: Frame) -> None:
        """The size of a message is bounded; empty pieces of it would not be."""
        if len(self.frames) >= PIECES:
            self.hang_up(TOO_BIG, "too many pieces")
        else:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Who asks on and never reads our answers is too slow, too."""
        super().handle_ping()
        if self.transport.get_write_buffer_size() > PILE:
            self.hang_up(TOO_SLOW, "fell behind; come back and catch up")

    def send_receive_event_to_app(self) -> None:
        if self.curr_msg_data_type == "text" and not _is_text(b"".join(self.frames)):
            self.frames = []
            self.hang_up(NO_TEXT, "not UTF-8")  # uvicorn would log it as a mistake of ours
        else:
            super().send_receive_event_to_app()

    def shutdown(self) -> None:
        """A tab that has just said goodbye cannot be sent one more; uvicorn would fail on it."""
        if self.handshake_complete and self.conn.state is not OPEN:
            self.stop_keepalive()
            self._give_up_soon()
            self.transport.close()
        else:
            super().shutdown()
        self._find_way()

    def _carry_with_care(self, packet: Packet) -> None:
        transport = self.transport
        if transport.get_write_buffer_size() > PILE:
            self.hang_up(TOO_SLOW, "fell behind; come back and catch up")
        elif not (self.close_sent or transport.is_closing()):
            transport.write(packet)

    async def has_room(self) -> None:
        try:
            async with asyncio.timeout(UNREAD):
                await self.writable.wait()
        except TimeoutError:
            self.hang_up(TOO_SLOW, "does not read; come back and catch up")

    def hang_up(self, code: int, reason: str) -> None:
        if self.conn.state is not OPEN or self.disconnected:
            return
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self._find_way()
        self._give_up_soon()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()

    def _give_up_soon(self) -> None:
        """Whoever does not read the rest within GOODBYE is cut off."""
        if self.close_timer is None:
            self.close_timer = self.loop.call_later(GOODBYE, self.transport.abort)


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def line_to(websocket: WebSocket) -> Line:
    line: Line = websocket.scope["extensions"]["wire"]
    return line


class Server(uvicorn.Server):
    """Drains before it exits when it is asked to terminate; a second signal does not wait."""

    def __init__(
        self,
        config: uvicorn.Config,
        drain: Callable[[], Awaitable[None]],
        when_started: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._drain = drain
        self._when_started = when_started
        self._draining: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._when_started()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if sig == signal.SIGTERM and self._draining is None and self.started:
            self._draining = asyncio.get_running_loop().create_task(self._leave())
        else:
            super().handle_exit(sig, frame)

    async def _leave(self) -> None:
        try:
            await self._drain()
        finally:
            self.should_exit = True


def server(
    app: Starlette,
    drain: Callable[[], Awaitable[None]],
    *,
    when_started: Callable[[], None] = lambda: None,
    trusted_proxies: str = "",
    log_level: str = "warning",
) -> Server:
    config = uvicorn.Config(
        app,
        ws=Wire,
        loop="uvloop",
        http="httptools",
        ws_max_size=LONGEST,
        ws_per_message_deflate=False,  # a packet is encoded once for everybody
        ws_ping_interval=20,
        ws_ping_timeout=20,
        timeout_graceful_shutdown=3,
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies or None,
        server_header=False,
        access_log=False,
        log_config=None,
        log_level=log_level,
    )
    return Server(config, drain, when_started)


def listening(host: str, port: int) -> socket.socket:
    """A socket whose children hold little for a tab that does not read, and notice the dead."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE)
    try:
        listener.bind((host, port))
        listener.listen(BACKLOG)  # whoever comes before we are ready waits, and is not sent away
    except OSError:
        listener.close()
        raise
    return listener
