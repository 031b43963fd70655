"""The demo: what a newcomer runs first, on this machine alone."""

from __future__ import annotations

import json
import os
import signal
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from ss_camera.clock import RealClock
from ss_camera.counters import Counters
from ss_camera.demo import settled_counts
from tests.camera.network import HttpCamera, http_camera
from tests.program import Program, wait_until


def test_it_ends_with_its_counts(tmp_path: Path) -> None:
    """The last line is JSON, nothing was lost, and settings of another broker do not disturb it.

    It runs until the ball has come by: what ends with it is a whole clip, beside the stills.
    """
    (tmp_path / ".env").write_text("SS_TYPE=mqtt\nSS_TLS=true\n")
    with Program.camera(tmp_path, {"SS_TLS": "true"}, "demo", "--seconds", "8") as demo:
        assert demo.ended(60.0) == 0, demo.text
        last = json.loads(demo.lines[-1])
        assert set(last) == {"stills", "clips", "captured", "delivered", "viewed", "lost", "page", "broker"}
        assert last["captured"] == last["delivered"] == last["viewed"] > last["stills"] > 40
        assert last["clips"] == 1
        assert last["lost"] == 0


def test_a_clip_that_is_still_put_together_is_waited_for() -> None:
    """All of its messages may be counted a moment before it is."""
    states = iter(["arriving", "arriving", "complete", "complete"])

    def answer(request: BaseHTTPRequestHandler, page: HttpCamera) -> None:
        viewed = {"received": 0, "first_seq": 0, "last_seq": 8, "missing": 0}
        whole = {
            "cameras": {"demo": viewed},
            "clips": [{"state": next(states)}] if "clips" in request.path else [],
        }
        request.send_response(200)
        request.end_headers()
        request.wfile.write(json.dumps(whole).encode())

    counters = Counters()
    counters.add("clip parts", 9)
    with http_camera(answer) as page:
        counts = settled_counts(counters, page.url(), RealClock())
    assert counts == {"stills": 0, "clips": 1, "captured": 9, "delivered": 0, "viewed": 9, "lost": 0}


def children(pid: int) -> dict[str, int]:
    """The processes that `pid` started: `broker` and `viewer`."""
    found = {}
    for number in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        command = Path(f"/proc/{number}/cmdline").read_text()
        found["viewer" if "VideoViewer" in command else "broker"] = int(number)
    return found


@pytest.mark.parametrize("part", ["viewer", "broker"])
def test_it_does_not_go_on_without_one_of_its_parts(tmp_path: Path, part: str) -> None:
    """One sentence says which was killed; the demo ends with 1 and takes the rest with it."""
    with Program.camera(tmp_path, {}, "demo") as demo:
        demo.wait_for("camera   synthetic")
        pids = children(demo.pid)
        os.kill(pids[part], signal.SIGKILL)
        line = demo.wait_for("ss-camera: demo:")
        assert f"the {part} has ended by signal 9" in line
        assert demo.ended(30.0) == 1, demo.text
        assert "Traceback" not in demo.text
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids.values())


def test_an_end_at_once_leaves_no_part_behind(tmp_path: Path) -> None:
    """A second Ctrl-C is one, too: the demo itself cannot stop them any more."""
    own = {"TMPDIR": str(tmp_path)}  # for what it has no time to remove
    with Program.camera(tmp_path, own, "demo") as demo:
        demo.wait_for("camera   synthetic")
        pids = children(demo.pid)
        demo.stop(signal.SIGKILL)
        assert demo.ended(10.0) == -signal.SIGKILL
    assert set(pids) == {"viewer", "broker"}
    try:
        wait_until(lambda: not any(is_running(pid) for pid in pids.values()), "both to end")
    finally:
        for pid in filter(is_running, pids.values()):
            os.kill(pid, signal.SIGKILL)


def is_running(pid: int) -> bool:
    """One whose parent is gone may stay as a zombie for a moment, or for good where nobody is its heir."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
