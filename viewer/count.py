"""A feed in, the counts of its next N pictures out: for scripts, and for whoever asks if all arrives.

`python -m viewer.count N` is `VideoViewer.py --count N`.
"""

from __future__ import annotations

import json
import sys
import threading

from ss_camera.clock import Clock
from viewer.feeds import Feeds

TICK_S = 0.05


def count(feed: Feeds, wanted: int, timeout_s: float | None, clock: Clock, stop: threading.Event) -> bool:
    """Wait until `feed` has seen `wanted` unique pictures; False where `stop` or the time came first.

    The feed must have been made with `limit=wanted`, so that no picture beyond it is counted.
    """
    end_s = clock.monotonic_s() + timeout_s if timeout_s else float("inf")
    while feed.cameras.received < wanted:
        if clock.wait(stop, TICK_S) or clock.monotonic_s() >= end_s:
            return False
    return True


def report(feed: Feeds, *, as_json: bool) -> str:
    """What was counted: `{"frames", "cameras": {..}}`, or the same in lines for people."""
    cameras = feed.cameras.summary()
    frames = feed.cameras.received
    if as_json:
        return json.dumps({"frames": frames, "cameras": cameras})
    lines = [f"{frames} pictures of {len(cameras)} cameras"]
    for name, counted in sorted(cameras.items()):
        lines.append(f"{name}: " + ", ".join(f"{what} {_plain(value)}" for what, value in counted.items()))
    return "\n".join(lines)


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return " ".join(f"{name}={_plain(part)}" for name, part in value.items())
    return "-" if value is None else str(value)


if __name__ == "__main__":
    from viewer.app import main

    sys.exit(main(["--count", *sys.argv[1:]]))
