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
