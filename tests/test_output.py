"""What a command says where its standard output takes no more: one sentence, or nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.program import ROOT, environment

CHECK = [sys.executable, str(ROOT / "ss-camera.py"), "check"]
VIEWER = [sys.executable, str(ROOT / "viewer/VideoViewer.py"), "--count", "1", "--timeout", "0.1", "--json"]
SETTINGS = {"CAMERA": "synthetic", "SS_BROKERS": "127.0.0.1:9", "SS_TOPIC": "pictures"}


def test_a_full_disk_is_one_sentence(tmp_path: Path) -> None:
    """Of the camera's program and of the viewer: exit code 1 and no traceback."""
    for command in (CHECK, VIEWER):
        with Path("/dev/full").open("w") as full:
            ended = subprocess.run(
                command,
                cwd=tmp_path,
                env=environment(SETTINGS),
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                timeout=60,
            )
        assert ended.returncode == 1
        assert "the standard output cannot be written: No space left on device" in ended.stderr
        assert "Traceback" not in ended.stderr


def test_a_reader_that_has_read_enough_hears_nothing(tmp_path: Path) -> None:
    """As `| head -1` ends; the lines behind are not missed."""
    program = subprocess.Popen(
        CHECK,
        cwd=tmp_path,
        env=environment(SETTINGS),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert program.stdout is not None
    assert program.stderr is not None
    with program, program.stdout, program.stderr:
        program.stdout.close()
        assert program.stderr.read() == b""
        assert program.wait(60) == 1
