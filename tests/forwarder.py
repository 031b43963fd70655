"""A port of ours in, the same bytes at another port out: for a server that is away at first, or goes away."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

_TICK_S = 0.2


@contextlib.contextmanager
def forwarding(port: int, target: str) -> Iterator[None]:
    """Forward connections to 127.0.0.1:`port` to `target` (host:port) for the length of the block."""
    stop = threading.Event()
    with socket.create_server(("127.0.0.1", port)) as listener:
        listener.settimeout(_TICK_S)
        acceptor = threading.Thread(target=_accept, args=(listener, target, stop), daemon=True)
        acceptor.start()
        try:
            yield
        finally:
            stop.set()
            acceptor.join()


def _accept(listener: socket.socket, target: str, stop: threading.Event) -> None:
    host, port = target.rsplit(":", 1)
    pipes: list[threading.Thread] = []
    while not stop.is_set():
        with contextlib.suppress(TimeoutError):
            near, _ = listener.accept()
            far = socket.create_connection((host, int(port)), timeout=5.0)
            for source, sink in ((near, far), (far, near)):
                pipes.append(threading.Thread(target=_pump, args=(source, sink, stop), daemon=True))
                pipes[-1].start()
    for pipe in pipes:
        pipe.join()


def _pump(source: socket.socket, sink: socket.socket, stop: threading.Event) -> None:
    source.settimeout(_TICK_S)
    with source, contextlib.suppress(OSError):
        while not stop.is_set():
            try:
                data = source.recv(65536)
            except TimeoutError:
                continue
            if not data:
                break
            sink.sendall(data)
        sink.shutdown(socket.SHUT_RDWR)
