"""`python -m bench` runs from one end to the other and writes the keys of docs/reference/benchmarks.md."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.__main__ import ROWS
from bench.figures import Figure, table
from tests.parts import need

ROOT = Path(__file__).parent.parent
REFERENCE = (ROOT / "docs/reference/benchmarks.md").read_text()


def run(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench", "--json", str(path), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=100)


def test_the_smallest_run_writes_the_documented_keys(tmp_path: Path) -> None:
    """A row that needs no broker; the figures themselves are not judged."""
    ended = run(tmp_path / "out.json", "--quick", "--only", "message")
    assert ended.returncode == 0, ended.stderr
    written = json.loads((tmp_path / "out.json").read_text())
    assert list(written) == ["version", "cores", "quick", "rows", "figures", "missing"]
    assert (written["version"], written["rows"], written["missing"]) == (1, ["message"], [])
    whats = [figure["what"] for figure in written["figures"]]
    assert whats == ["building one of 15KB", "building one of 100KB", "synthetic still, VGA"]
    for figure in written["figures"]:
        assert list(figure) == ["row", "what", "broker", "value", "unit", "target", "met"]
        assert figure["value"] > 0
    for key in [*written, *written["figures"][0]]:
        assert f"`{key}`" in REFERENCE
    assert "building one of 100KB" in ended.stdout


def test_every_way_to_publish_gives_figures(tmp_path: Path) -> None:
    """One small round on the mock cluster: a way that loses a frame or fails is listed in `missing`."""
    need("confluent_kafka")
    ended = run(tmp_path / "out.json", "--quick", "--share", "0.02", "--only", "publish", "--broker", "mock")
    assert ended.returncode == 0, ended.stderr
    figures = json.loads((tmp_path / "out.json").read_text())["figures"]
    ours = [figure for figure in figures if figure["what"].startswith("100KB ours: ")]
    assert [figure["unit"] for figure in ours] == ["frames/s", "s/1000", "MB"]
    assert all(figure["value"] > 0 for figure in figures)


def figures_of(path: Path) -> dict[str, dict[str, object]]:
    """What was written, by its line in the table."""
    return {figure["what"]: figure for figure in json.loads(path.read_text())["figures"]}


def test_motion_is_measured_beside_the_rules_of_others(tmp_path: Path) -> None:
    """Microseconds of each case, and ratios formed of the same run."""
    ended = run(tmp_path / "out.json", "--quick", "--only", "motion")
    assert ended.returncode == 0, ended.stderr
    figures = figures_of(tmp_path / "out.json")
    for ours, theirs in (("body", "picamera2's example"), ("vectors, still", "pinthesky's rule")):
        assert (figures[ours]["unit"], figures[theirs]["unit"]) == ("us", "us")
        ratio = float(str(figures[ours]["value"])) / float(str(figures[theirs]["value"]))
        assert float(str(figures[f"{ours} / {theirs}"]["value"])) == pytest.approx(ratio, abs=1e-4)
    assert figures["plain difference"]["target"] == "<= 25"
    assert all(float(str(figure["value"])) > 0 for figure in figures.values())


def test_ring_cutter_and_muxer_are_measured(tmp_path: Path) -> None:
    """Packets a second at two bitrates, and what the ring takes."""
    need("av")
    ended = run(tmp_path / "out.json", "--quick", "--only", "clips")
    assert ended.returncode == 0, ended.stderr
    figures = figures_of(tmp_path / "out.json")
    for rate in ("1 Mbit/s", "17 Mbit/s"):
        assert figures[f"{rate}: ring, cutter, mux, message"]["unit"] == "packets/s"
        assert figures[f"{rate}: ring / (bitrate x (pre-roll + GOP))"]["target"] == "<= 1.1"


def test_a_motion_is_measured_up_to_a_subscriber(tmp_path: Path) -> None:
    """The program on the mock cluster: event and first part of each motion come, and the CPU is told."""
    need("confluent_kafka")
    need("av")
    ended = run(tmp_path / "out.json", "--quick", "--only", "events", "--broker", "mock")
    assert ended.returncode == 0, ended.stderr
    figures = figures_of(tmp_path / "out.json")
    assert [(what, figure["unit"], figure["target"]) for what, figure in figures.items()] == [
        ("motion to event, p50", "ms", None),
        ("motion to event, max", "ms", "<= 300"),
        ("trigger to first part, p50", "ms", None),
        ("trigger to first part, max", "ms", "<= 500"),
        ("CPU, whole program", "%", None),
        ("CPU, without drawing and encoding", "%", None),
    ]


def test_copies_are_counted(tmp_path: Path) -> None:
    """The camera's own copy of a frame is in each figure, and no way has none."""
    need("cc", "confluent_kafka")
    ended = run(tmp_path / "out.json", "--quick", "--only", "copies", "--broker", "mock")
    assert ended.returncode == 0, ended.stderr
    figures = figures_of(tmp_path / "out.json")
    assert figures["900KB ours: bytes copied a byte"]["target"] == "<= 6"
    assert all(float(str(figure["value"])) >= 1 for figure in figures.values())


def test_memory_can_be_watched_for_as_long_as_wanted(tmp_path: Path) -> None:
    """`--long 4` instead of ten minutes."""
    need("confluent_kafka")
    ended = run(tmp_path / "out.json", "--only", "memory", "--broker", "mock", "--long", "4")
    assert ended.returncode == 0, ended.stderr
    figures = figures_of(tmp_path / "out.json")
    assert figures["ours, broker silent: growth behind the bound"]["unit"] == "MB/s"


def test_a_row_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """And the rows that do are named."""
    ended = run(tmp_path / "out.json", "--only", "publish,speed")
    assert ended.returncode == 2
    assert "no row speed" in ended.stderr
    assert all(row in ended.stderr for row in ROWS)


@pytest.mark.parametrize("row", ROWS)
def test_every_row_is_explained(row: str) -> None:
    """A reader of the table finds out what a row means."""
    assert f"`{row}`" in REFERENCE


def test_the_table_tells_value_target_and_whether_it_is_met() -> None:
    """A line for each figure, a column for each broker."""
    figures = [
        Figure("start", "ours: process start to first message", "mock", 0.4, "s"),
        Figure("start", "ours: process start to first message", "kafka", 1.7, "s"),
    ]
    text = "\n".join(table(figures, ["mock", "kafka"]))
    assert "0.4 s (met: <= 0.5)" in text
    assert "1.7 s (MISSED: <= 1.5)" in text
