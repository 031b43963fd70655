"""What is not installed is told with its command, and nothing heavy is imported to find out."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import dotenv
import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            {"SS_TYPE": "mqtt", "SS_BROKERS": "h"},
            "SS_TYPE (environment): mqtt needs a package that is not installed; "
            "expected it to be installed: pip install sinetstream-mqtt",
            id="28",
        ),
        pytest.param(
            {
                "SS_TYPE": "s3",
                "SS_BUCKET": "bbb",
                "SS_PREFIX": "p",
                "SS_SUFFIX": "s",
                "SS_NAME": "day",
            },
            "pip install sinetstream-s3",
            id="28-s3",
        ),
        pytest.param(
            {"SS_BROKERS": "h", "KAFKA_CLIENT": "kafka-python"},
            "pip install sinetstream-kafka kafka-python-ng",
            id="kafka-python",
        ),
        pytest.param(
            {"KAFKA_CLIENT": "librdkafka", "SS_BROKERS": "h"},
            "KAFKA_CLIENT (environment): kafka (librdkafka) needs a package that is not installed; "
            "expected it to be installed: pip install confluent-kafka",
            id="client",
        ),
    ],
)
def test_a_package_that_is_missing_is_told_with_its_command(
    given: dict[str, str], expected: str, tmp_path: Path
) -> None:
    """One line, nothing imported to find out."""
    lines = on_a_bare_python(tmp_path, given)
    assert len(lines) == 1
    assert expected in lines[0]


def test_a_mask_that_needs_a_missing_package_is_told_with_its_command(tmp_path: Path) -> None:
    """Rectangles need none."""
    lines = on_a_bare_python(tmp_path, {"SS_BROKERS": "h", "MOTION": "on", "MOTION_MASK": "mask.png"})
    (line,) = [line for line in lines if "MOTION_MASK" in line]
    assert 'MOTION_MASK (environment): "mask.png" is a PNG, which needs a package that is not' in line
    assert line.endswith("expected rectangles, or: pip install pillow")


def on_a_bare_python(folder: Path, given: dict[str, str]) -> list[str]:
    """The problems on a Python that has python-dotenv and no other library."""
    (folder / "ss_camera").symlink_to(ROOT / "ss_camera")
    (folder / "dotenv").symlink_to(Path(dotenv.__file__).parent)
    code = (
        "from ss_camera import errors, settings\n"
        "try: settings.load(None, secrets_dirs=())\n"
        "except errors.SettingsError as error: print(error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(folder), "SS_TOPIC": "t", "PYTHONDONTWRITEBYTECODE": "1", **given},
        capture_output=True,
        text=True,
        timeout=30,
        cwd=folder,
    )
    assert not said.stderr
    return said.stdout.splitlines()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"SS_COMPRESSION__ALGORITHM": "lz4"}, "pip install sinetstream-comp-lz4"),
        (
            {"SS_TYPE": "mqtt", "SS_WILL__TOPIC": "t", "SS_WILL__PAYLOAD": "p"},
            "pip install sinetstream-iostream",
        ),
    ],
)
def test_what_a_feature_needs_besides_is_told(given: dict[str, str], expected: str, tmp_path: Path) -> None:
    """SINETStream would only say that a plugin was not found."""
    assert any(expected in line for line in on_a_bare_python(tmp_path, {"SS_BROKERS": "h", **given}))


def test_the_settings_need_no_library_but_dotenv() -> None:
    """`check` and the start stay quick: no picture, array or broker library is imported."""
    code = (
        "import sys; from pathlib import Path; from ss_camera import settings\n"
        "settings.load(Path('dot_env-low_rate-sample'), environ={}, secrets_dirs=())\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, cwd=ROOT, check=True
    )
    heavy = {
        "numpy",
        "PIL",
        "av",
        "sinetstream",
        "yaml",
        "kafka",
        "confluent_kafka",
        "paho",
        "boto3",
        "ssl",
        "asyncio",
    }
    assert not heavy & set(said.stdout.split())
