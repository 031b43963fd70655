"""A source in, its stills and its end out."""

from __future__ import annotations

import threading

from ss_camera.media import Still
from ss_camera.sources.base import Source

CLOSE_S = 8.0
"""What the protocol allows a source for its `close` is 5 s; the rest is for a busy machine. After 10 s FFmpeg
would give up by itself what hangs."""


def take(source: Source, count: int) -> list[Still]:
    """So many stills, one after the other; raises what the source raises."""
    return [source.still() for _ in range(count)]


def closes_in_time(source: Source) -> bool:
    """Whether `close` returns within the time it has."""
    closing = threading.Thread(target=source.close)
    closing.start()
    closing.join(CLOSE_S)
    return not closing.is_alive()
