"""Who has a device open."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ss_camera.sources.holders import holders

PROGRAM = "import sys; held = open(sys.argv[1]); print('open', flush=True); sys.stdin.read()"


def test_another_program_is_named_and_this_one_is_not(tmp_path: Path) -> None:
    """With its pid, for as long as it has the file open."""
    device = tmp_path / "device"
    device.touch()
    with device.open():
        child = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(device)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert child.stdin is not None
        assert child.stdout is not None
        with child:
            assert child.stdout.readline() == b"open\n"
            [found] = holders(device)
            child.stdin.close()
        assert found.endswith(f" (pid {child.pid})")
        assert holders(device) == []


def test_a_device_that_is_not_there_has_none() -> None:
    """As on a machine that is no Raspberry Pi."""
    assert holders(Path("/dev/no-such-device")) == []
