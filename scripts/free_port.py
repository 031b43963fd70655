"""A free port of this machine out, where no outgoing connection can take it later."""

from __future__ import annotations

import random
import socket

_FIRST, _LAST = 20_000, 32_000


def free_port() -> int:
    """A TCP port on which nothing listens on 127.0.0.1.

    Below Linux's range for outgoing connections (32768 and up): a client that keeps trying a stopped
    broker's port in that range may be given the very port as its own and connect to itself.
    """
    for port in random.sample(range(_FIRST, _LAST), 200):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port between {_FIRST} and {_LAST}")
