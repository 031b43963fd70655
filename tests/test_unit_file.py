"""example_picamera.service: what systemd makes of it, and what the program asks of it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from ss_camera.app import CAPTURE_STOP_S, PUBLISH_STOP_S, Exit
from tests.parts import missing

UNIT = Path(__file__).parent.parent / "example_picamera.service"
EXPOSURE_LIMIT = 2.0


def settings(name: str) -> list[str]:
    """All values that the unit gives `name`."""
    return re.findall(rf"^{name}=(.*)$", UNIT.read_text(), re.MULTILINE)


def analyze(*arguments: str) -> subprocess.CompletedProcess[str]:
    systemd_analyze = shutil.which("systemd-analyze")
    if systemd_analyze is None:
        missing("needs systemd-analyze: apt-get install systemd")
    command = [systemd_analyze, *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def test_its_exposure_is_small() -> None:
    """systemd rates what the service could reach at 2.0 of 10 at most."""
    rated = analyze("security", "--offline=yes", "--no-pager", str(UNIT))
    found = re.search(r"Overall exposure level for .*: ([\d.]+)", rated.stdout)
    assert found, rated.stdout + rated.stderr
    assert float(found[1]) <= EXPOSURE_LIMIT


def test_systemd_understands_every_line(tmp_path: Path) -> None:
    """No unknown key, no value that systemd passes over."""
    program = tmp_path / "ss-camera.py"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    unit = tmp_path / "picamera.service"
    unit.write_text(re.sub(r"(?m)^(ExecStart=).*", rf"\g<1>{program}", UNIT.read_text()))
    verified = analyze("verify", str(unit))
    assert str(unit) not in verified.stderr, verified.stderr
    assert unit.name not in verified.stderr, verified.stderr


def test_the_clock_may_be_asked() -> None:
    """What tells `synced` from `unsynced` is one system call, which most hardening takes away."""
    assert "clock_adjtime" in " ".join(settings("SystemCallFilter")).split()
    assert not settings("ProtectClock")
    assert settings("CapabilityBoundingSet") == [""], "asking is all that it can do"


def test_it_starts_again_but_for_wrong_settings() -> None:
    """However often it fails; only settings wait for a person."""
    assert settings("Restart") == ["always"]
    assert settings("StartLimitIntervalSec") == ["0"]
    assert settings("RestartPreventExitStatus") == [str(int(Exit.SETTINGS))]


def test_it_leaves_time_to_hand_over() -> None:
    """systemd kills later than the program needs for a stop."""
    assert float(settings("TimeoutStopSec")[0]) > CAPTURE_STOP_S + PUBLISH_STOP_S


def test_its_paths_belong_together() -> None:
    """The venv is the checkout, and its python runs the program."""
    (folder,) = settings("WorkingDirectory")
    assert settings("ExecStart") == [f"{folder}/ss-camera.py"]
    (path,) = settings("Environment")
    assert path.startswith(f'"PATH={folder}/bin:')
