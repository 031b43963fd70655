"""The main job on this machine alone: a drawn camera, a broker in memory, and the viewer's web page.

Stills at a frame rate, and clips and events of a ball that comes and goes. The broker and the viewer are
processes of their own, as in real use; the camera runs in this one. The last line is one JSON object of
counts and addresses.
"""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ss_camera.app import App, Exit
from ss_camera.child import end, how_it_ended, tied
from ss_camera.clock import Clock, RealClock
from ss_camera.counters import Counters
from ss_camera.output import say
from ss_camera.settings import foreign_environment, load
from ss_camera.sinks import open_sink

ROOT = Path(__file__).resolve().parent.parent
REPORT_S = 5.0
"""Seconds between two lines of counts."""

_TICK_S = 0.5
_STARTED_S = 20.0
_SETTLED_S = 5.0
_STOPPED_S = 5.0
_SETTINGS = {
    "CAMERA": "synthetic",
    "CAMERA_ID": "demo",
    "PICAMERA_RESOLUTION": "VGA",
    "PICAMERA_FRAMERATE": "10",
    "MOTION": "on",
    # the ball is away for 4 s: a clip ends before it comes again
    "CLIP_PREROLL": "2",
    "CLIP_POSTROLL": "2",
    "SS_TOPIC": "ss-camera-demo",
    "SS_CONSISTENCY": "AT_LEAST_ONCE",
    "LOG_LEVEL": "WARNING",
}
# from the beginning: the first picture may come before the viewer stands at its place
_VIEWER = [sys.executable, str(ROOT / "viewer" / "VideoViewer.py"), "--web", "127.0.0.1:0"]
_VIEWER += ["--from-beginning", "--env-file"]
_logger = logging.getLogger(__name__)


class DemoFailed(Exception):
    """A part of the demo did not start, or has ended; the message says which and what is known of it."""


def run(seconds: float | None, stop: threading.Event) -> int:
    """Run the demo for `seconds` or until `stop` is set. Exit code 0 when nothing was lost."""
    clock = RealClock()
    logging.basicConfig(level=logging.WARNING, format="{levelname:<7} {message}", style="{")
    try:
        with _child("broker", [sys.executable, str(ROOT / "ss-camera.py"), "broker"]) as broker:
            address = str(_first_line(broker, "broker")["broker"])
            say(f"broker   {address}   (librdkafka's mock cluster: in memory, for this demo only)")
            say("         for a real one set SS_BROKERS and SS_TOPIC: docs/guide/broker.md")
            with _viewer(address) as viewer:
                page = str(_first_line(viewer, "viewer")["page"])
                say(f"viewer   {page}   (open it in a browser)")
                parts = {"broker": broker, "viewer": viewer}
                code, counts = _capture(address, page, seconds, stop, clock, parts)
    except DemoFailed as error:
        say(f"ss-camera: demo: {error}")
        return Exit.FAILURE
    say(json.dumps({**counts, "page": page, "broker": address}))
    return Exit.OK if code == Exit.OK and counts["captured"] and not counts["lost"] else Exit.FAILURE


def _capture(
    address: str,
    page: str,
    seconds: float | None,
    stop: threading.Event,
    clock: Clock,
    parts: dict[str, subprocess.Popen[str]],
) -> tuple[Exit, dict[str, int]]:
    settings = load(None, environ={}, secrets_dirs=(), overrides={**_SETTINGS, "SS_BROKERS": address})
    app = App(settings, lambda family: open_sink(settings, clock, family), clock)
    app.start()
    say("camera   synthetic, 640x480, 10 pictures a second, and a clip of each time that the ball comes by")
    if seconds is None:
        say("         Ctrl-C stops all")
    end_s = clock.monotonic_s() + (float("inf") if seconds is None else seconds)
    report_s = clock.monotonic_s() + REPORT_S
    try:
        while not clock.wait(stop, min(_TICK_S, max(0.0, end_s - clock.monotonic_s()))):
            _check(parts)
            now_s = clock.monotonic_s()
            if now_s >= min(report_s, end_s):
                report_s = now_s + REPORT_S
                counts, _ = _counts(app.counters, page)
                say("counts   " + ", ".join(f"{name} {count}" for name, count in counts.items()))
            if now_s >= end_s:
                break
    finally:  # also where nobody reads the lines any more
        code = app.stop()
    return code, settled_counts(app.counters, page, clock)


def _check(parts: dict[str, subprocess.Popen[str]]) -> None:
    """Raises `DemoFailed` for a part that has ended."""
    for name, child in parts.items():
        how = how_it_ended(child)
        if how is not None:
            raise DemoFailed(f"the {name} has ended {how}, so the demo ends too; start it again to go on")


def settled_counts(counters: Counters, page: str, clock: Clock) -> dict[str, int]:
    """The counts once the viewer has seen all that was captured, or after its time."""
    never, end_s = threading.Event(), clock.monotonic_s() + _SETTLED_S
    while True:
        counts, is_arriving = _counts(counters, page)
        is_over = counts["viewed"] >= counts["captured"] and not is_arriving
        if is_over or clock.monotonic_s() >= end_s:
            break
        clock.wait(never, 0.1)
    counts["lost"] = counts["captured"] - counts["viewed"]
    return counts


def _counts(counters: Counters, page: str) -> tuple[dict[str, int], bool]:
    """The counts, and whether a clip is still being put together.

    `stills` and `clips` are as the viewer shows them; the others count messages: stills, parts and events.
    `lost` while it runs is what the camera gave up; what is on its way is not lost.
    """
    total = counters.total
    cameras: dict[str, dict[str, Any]] = _state(page, "state").get("cameras", {})
    camera = cameras.get(_SETTINGS["CAMERA_ID"], {})
    # asked after what is viewed: the last part of a clip counts as that a moment before the clip is whole
    clips: list[dict[str, Any]] = _state(page, "clips").get("clips", [])
    states = [clip["state"] for clip in clips]
    counts = {
        "stills": int(camera.get("received", 0)),
        "clips": states.count("complete"),
        "captured": total("captured") + total("clip parts") + total("events"),
        "delivered": total("delivered"),
        "viewed": _viewed(camera),
        "lost": total("dropped") + total("refused"),
    }
    return counts, "arriving" in states


def _viewed(camera: dict[str, Any]) -> int:
    """How many of a camera's numbers have come to the viewer, on whatever topic."""
    first, last, missing = (camera.get(name) for name in ("first_seq", "last_seq", "missing"))
    if first is None or last is None or missing is None:
        return 0
    return int(last) - int(first) + 1 - int(missing)


def _state(page: str, name: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(f"{page.rstrip('/')}/api/{name}", timeout=2.0) as answer:  # noqa: S310 - our own
            state: dict[str, Any] = json.load(answer)
            return state
    except (urllib.error.URLError, TimeoutError, ValueError):
        return {}


@contextlib.contextmanager
def _viewer(address: str) -> Iterator[subprocess.Popen[str]]:
    """The viewer, with settings of its own: a user's `.env` beside the program is not the demo's."""
    with tempfile.NamedTemporaryFile("w", prefix="ss-camera-demo-", suffix=".env") as env_file:
        env_file.write(f"SS_BROKERS={address}\nSS_TOPIC={_SETTINGS['SS_TOPIC']}\nLOG_LEVEL=WARNING\n")
        env_file.flush()
        with _child("viewer", [*_VIEWER, env_file.name]) as viewer:
            yield viewer


@contextlib.contextmanager
def _child(name: str, command: list[str]) -> Iterator[subprocess.Popen[str]]:
    """A child that lives as long as the block; of our environment variables it gets none.

    In a session of its own, so that Ctrl-C reaches only this process, which stops it by SIGTERM. A second
    Ctrl-C ends this process at once, and leaves no child behind either.
    """
    child = subprocess.Popen(  # noqa: S603 - our own programs
        tied(command),
        env=foreign_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        yield child
    finally:
        if not end(child, _STOPPED_S):
            _logger.warning("the %s did not stop in %.0f s and was killed", name, _STOPPED_S)


def _first_line(child: subprocess.Popen[str], name: str) -> dict[str, Any]:
    """The JSON object that a child prints once it is ready."""
    lines: list[str] = []
    assert child.stdout is not None
    reader = threading.Thread(target=lambda: lines.append(child.stdout.readline()), daemon=True)  # type: ignore[union-attr]
    reader.start()
    reader.join(_STARTED_S)
    try:
        started: dict[str, Any] = json.loads(lines[0])
    except (IndexError, ValueError):
        raise DemoFailed(
            f"the {name} did not start (it printed {lines[:1]}); its own words are above"
        ) from None
    return started
