"""The command line: where arguments may stand, and what a wrong one costs."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from ss_camera import __version__
from tests.program import Program

SETTINGS = "SS_BROKERS=kafka.example.org\nSS_TOPIC=pictures\n"


@pytest.mark.parametrize(
    "arguments",
    [("--env-file", "own.env", "check"), ("check", "--env-file", "own.env")],
    ids=["before", "behind"],
)
def test_the_settings_file_may_be_named_before_or_behind_the_command(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """`check` prints what is in it and where."""
    (tmp_path / "own.env").write_text(SETTINGS)
    (tmp_path / "own.env").chmod(0o600)
    with Program.camera(tmp_path, {}, *arguments) as check:
        assert check.ended(20.0) == 0, check.text
        assert "own.env:1" in check.wait_for("SS_BROKERS")


@pytest.mark.parametrize(
    "camera", ["CAMERA=synthetic", "CAMERA=http\nCAMERA_URL=http://127.0.0.1:9/", "CAMERA_URL=/dev/video9"]
)
def test_check_tells_of_properties_that_the_camera_cannot_do(tmp_path: Path, camera: str) -> None:
    """Without opening it: only a camera library's own camera has to be asked."""
    (tmp_path / ".env").write_text(f"{SETTINGS}PICAMERA_DRC_STRENGTH=high\nPICAMERA_HFLIP=true\n{camera}\n")
    with Program.camera(tmp_path, {}, "check") as check:
        assert check.ended(20.0) == 0, check.text
        assert check.wait_for("warning: ").startswith(
            "warning: PICAMERA_DRC_STRENGTH (.env:3) has no effect on CAMERA="
        )
        assert check.text.count("warning: ") == 1


def test_check_tells_what_picamera_makes_of_the_properties(tmp_path: Path) -> None:
    """It needs no camera for that."""
    slow = "CAMERA=picamera\nPICAMERA_FRAMERATE=30\nPICAMERA_SHUTTER_SPEED=2000000\n"
    (tmp_path / ".env").write_text(SETTINGS + slow)
    with Program.camera(tmp_path, {}, "check") as check:
        assert check.ended(20.0) == 0, check.text
        assert check.text.count("PICAMERA_SHUTTER_SPEED (.env:5) is longer than a frame and is cut") == 1


@pytest.mark.parametrize("camera", ["picamera2", "picamera"])
def test_check_tells_of_a_camera_library_that_is_not_here(tmp_path: Path, camera: str) -> None:
    """An environment that was made without the system's packages is the usual reason; this one has none."""
    (tmp_path / ".env").write_text(f"{SETTINGS}CAMERA={camera}\n")
    with Program.camera(tmp_path, {}, "check") as check:
        assert check.ended(20.0) == 0, check.text
        assert check.wait_for("warning: ").startswith(f"warning: {camera}")


def test_every_line_has_its_time_by_the_files_zone(tmp_path: Path) -> None:
    """The warnings at the start too, which come before anything else."""
    given = "TZ=JST-9\nCAMERA=synthetic\nPICAMERA_RESOLUTION=VGA\nCAPTURE_RESIZE=320x180\n"
    (tmp_path / ".env").write_text(SETTINGS.replace("kafka.example.org", "127.0.0.1:9") + given)
    with Program.camera(tmp_path, {}) as camera:
        first, later = camera.wait_for("stretched to"), camera.wait_for("publishing to")
    times = [datetime.strptime(line[:19], "%Y-%m-%d %H:%M:%S") for line in (first, later)]
    assert times[1] - times[0] < timedelta(hours=1)


@pytest.mark.parametrize("argument", ["--nope", "chek", "--env-file"])
def test_a_wrong_argument_is_one_sentence_and_78(tmp_path: Path, argument: str) -> None:
    """systemd does not restart what only a person can mend."""
    with Program.camera(tmp_path, {}, argument) as program:
        assert program.ended(20.0) == 78
        assert "Traceback" not in program.text
        assert program.lines[-1].startswith("ss-camera: ")


def test_help_and_version_need_no_settings(tmp_path: Path) -> None:
    """And name the commands and the version."""
    with Program.camera(tmp_path, {}, "--help") as shown:
        assert shown.ended(20.0) == 0
        assert all(command in shown.text for command in ("run", "check", "motion", "demo", "broker"))
    with Program.camera(tmp_path, {}, "--version") as shown:
        assert shown.ended(20.0) == 0
        assert shown.text == f"ss-camera {__version__}"
