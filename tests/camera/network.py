"""Network cameras of a test on loopback: an RTSP server, an HTTP server, and one that never answers."""

from __future__ import annotations

import contextlib
import select
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.parts import missing

SYSTEM_PYTHON = Path("/usr/bin/python3")
RTSP_CHILD = Path(__file__).with_name("rtsp_child.py")
_READY_S = 20.0
_PACKAGES = (
    "gir1.2-gst-rtsp-server-1.0 python3-gi gstreamer1.0-plugins-base gstreamer1.0-plugins-good "
    "gstreamer1.0-plugins-ugly"
)
_PROBE = (
    "import gi; gi.require_version('Gst', '1.0'); gi.require_version('GstRtspServer', '1.0')\n"
    "from gi.repository import Gst, GstRtspServer; Gst.init(None)\n"
    "assert all(map(Gst.ElementFactory.find, ('videotestsrc', 'x264enc', 'jpegenc', 'rtph264pay')))"
)


def need_rtsp_server() -> None:
    """Skip the test where GStreamer's RTSP server is not installed."""
    command = [str(SYSTEM_PYTHON), "-c", _PROBE]
    if not SYSTEM_PYTHON.exists() or subprocess.run(command, capture_output=True, timeout=60).returncode:
        missing(f"needs GStreamer's RTSP server: apt-get install {_PACKAGES}")


@dataclass(frozen=True)
class RtspServer:
    """A running server; a signal to `process` freezes or ends it."""

    port: int
    process: subprocess.Popen[bytes]

    def url(self, path: str, user: str = "") -> str:
        return f"rtsp://{user}127.0.0.1:{self.port}/{path}"


@contextlib.contextmanager
def rtsp_server() -> Iterator[RtspServer]:
    """A server of its own for one test; it ends with the block."""
    process = subprocess.Popen(
        [str(SYSTEM_PYTHON), str(RTSP_CHILD)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        assert select.select([process.stdout], [], [], _READY_S)[0], "the RTSP server did not print its port"
        yield RtspServer(int(process.stdout.readline()), process)
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@dataclass
class HttpCamera:
    """What an HTTP server answers: `answer` writes to the open request."""

    answer: Callable[[BaseHTTPRequestHandler, HttpCamera], None]
    port: int = 0
    stop: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "video", user: str = "") -> str:
        return f"http://{user}127.0.0.1:{self.port}/{path}"


@contextlib.contextmanager
def http_camera(answer: Callable[[BaseHTTPRequestHandler, HttpCamera], None]) -> Iterator[HttpCamera]:
    """Serves until the end of the block; `answer` must end soon after `stop` is set."""
    camera = HttpCamera(answer)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with contextlib.suppress(ConnectionError):
                camera.answer(self, camera)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    camera.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield camera
    finally:
        camera.stop.set()
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def black_hole() -> Iterator[int]:
    """The port of a listener that takes every connection and never says a word."""
    taken: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    taken.append(listener.accept()[0])

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)
            for connection in taken:
                connection.close()
