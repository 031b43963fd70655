"""A feed in, a web page out: the page's files, its WebSocket, the counts as JSON, and a health answer."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from importlib import resources
from typing import Any

from aiohttp import WSMsgType, web

from ss_camera import __version__
from ss_camera.clock import Clock
from viewer.cameras import Cameras, Frame
from viewer.clips import Clips
from viewer.feed import Feed
from viewer.feeds import Feeds
from viewer.motions import Motions
from viewer.web.access import Access
from viewer.web.address import Address
from viewer.web.audience import Viewer
from viewer.web.clips import ClipPages

STATE_S = 1.0
"""Seconds between two messages of counts to each page."""
MAX_VIEWERS = 64
MAX_INCOMING = 1024
"""Bytes of a message from a page: an acknowledgement or a pause."""
_HEARTBEAT_S = 15.0
_CLOSE_S = 2.0
_STOP_TICK_S = 0.1
_FILES = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
    "/clips.css": ("clips.css", "text/css"),
    "/clips.js": ("clips.js", "text/javascript"),
}


class WebViewer:
    """Serves one feed to browsers, on the thread that runs `serve`."""

    def __init__(
        self,
        feed: Feed | Feeds,
        clock: Clock,
        title: str,
        access: Access,
        clips: Clips | None = None,
        motions: Motions | None = None,
    ) -> None:
        self._feed = feed
        self._cameras: Cameras = feed.cameras
        self._clock = clock
        self._title = title
        self._access = access
        self._clips = clips or Clips(clock)
        self._motions = motions or Motions(clock)
        self._viewers: set[Viewer] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._announced = False
        self._shown = 0
        self._state_json, self._state_s = "", float("-inf")
        feed.listen(self._on_frame)

    async def serve(self, address: Address, ready: Callable[[str], None], stop: threading.Event) -> None:
        """Listen until `stop` is set; `ready` gets the page's address.

        Raises OSError where it cannot listen.
        """
        self._loop = asyncio.get_running_loop()
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=_CLOSE_S)
        await runner.setup()
        try:
            await web.TCPSite(runner, address.host, address.port).start()
            ready(address.url(runner.addresses[0][1]))
            while not stop.is_set():  # a signal handler sets it: it may not touch the loop
                await asyncio.sleep(_STOP_TICK_S)
        finally:
            self._loop = None
            await runner.cleanup()

    def state(self, *, latency: bool = False) -> dict[str, object]:
        """Everything that is counted, ready for JSON."""
        connection = {"connected": self._feed.connected, "status": self._feed.status}
        now = {"motion": self._motions.now(), "clips_version": self._clips.version + self._motions.pictures}
        return self._cameras.state(latency=latency) | connection | now

    def _application(self) -> web.Application:
        app = web.Application(middlewares=[self._access.middleware()], client_max_size=MAX_INCOMING)
        for path, (name, kind) in _FILES.items():
            app.router.add_get(path, _file(name, kind))
        app.router.add_get("/api/state", self._api_state)
        app.router.add_get("/healthz", self._healthz)
        app.router.add_get("/live", self._live)
        ClipPages(self._clips, self._motions).add_to(app)
        app.on_response_prepare.append(self._access.dress)
        app.on_shutdown.append(self._close_viewers)
        return app

    async def _api_state(self, _request: web.Request) -> web.Response:
        return web.json_response(self.state(latency=True))

    async def _healthz(self, _request: web.Request) -> web.Response:
        """200 while the broker is connected, else 503: for a supervisor or a monitor."""
        connected = self._feed.connected
        return web.json_response({"connected": connected}, status=200 if connected else 503)

    async def _live(self, request: web.Request) -> web.StreamResponse:
        if len(self._viewers) >= MAX_VIEWERS:
            return web.Response(
                status=503, text=f"This viewer serves {MAX_VIEWERS} pages at most; close one.\n"
            )
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT_S, max_msg_size=MAX_INCOMING, compress=False)
        if not socket.can_prepare(request):
            return web.Response(status=426, text="This address speaks WebSocket.\n")
        await socket.prepare(request)
        viewer = Viewer(socket, self._clock)
        self._viewers.add(viewer)
        try:
            self._offer(viewer, self._cameras.frames())
            async with _beside(viewer.send_states(self._state_text, STATE_S), viewer.send_pictures()):
                await self._listen(socket, viewer)
        except (ConnectionError, OSError):
            pass  # the browser went away in the middle of a message
        finally:
            self._viewers.discard(viewer)
        return socket

    async def _listen(self, socket: web.WebSocketResponse, viewer: Viewer) -> None:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            try:
                order = json.loads(message.data)
            except (ValueError, RecursionError):
                break
            if not isinstance(order, dict):
                break
            if isinstance(order.get("ack"), int):
                viewer.acknowledged(order["ack"])
            elif order.get("paused") is True:
                viewer.pause()
            elif order.get("paused") is False:
                viewer.resume()
                self._offer(viewer, self._cameras.frames())

    def _state_text(self) -> str:
        """The counts as every page gets them; made once for all pages that ask at about the same time."""
        now_s = self._clock.monotonic_s()
        if now_s - self._state_s > STATE_S / 4:
            about = {"type": "state", "title": self._title, "version": __version__}
            self._state_json, self._state_s = json.dumps(about | self.state(), separators=(",", ":")), now_s
        return self._state_json

    def _on_frame(self, _frame: Frame) -> None:
        """On the reading thread: wake the loop, once, however many pictures come before it runs."""
        loop = self._loop
        if loop is not None and not self._announced:
            self._announced = True
            with contextlib.suppress(RuntimeError):  # the loop has just closed
                loop.call_soon_threadsafe(self._spread)

    def _spread(self) -> None:
        self._announced = False  # first: a picture that comes from here on announces itself anew
        frames = [frame for frame in self._cameras.frames() if frame.number > self._shown]
        for frame in frames:
            self._shown = max(self._shown, frame.number)
        for viewer in self._viewers:
            self._offer(viewer, frames)

    @staticmethod
    def _offer(viewer: Viewer, frames: Iterable[Frame]) -> None:
        for frame in frames:
            viewer.offer(frame)

    async def _close_viewers(self, _app: web.Application) -> None:
        await asyncio.gather(*(viewer.close() for viewer in set(self._viewers)), return_exceptions=True)


@contextlib.asynccontextmanager
async def _beside(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Run `works` while the block runs, and no longer."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        # the results are errors of a connection that is gone, or the cancellation itself
        await asyncio.gather(*tasks, return_exceptions=True)


def _file(name: str, kind: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    body = resources.files("viewer.web").joinpath(name).read_text("utf-8")

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(text=body, content_type=kind, charset="utf-8")

    return answer
