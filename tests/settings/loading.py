"""Settings for one test in, what the program makes of them out; nothing of this machine's own is read."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from ss_camera.errors import SettingsError
from ss_camera.settings import load
from ss_camera.settings.model import Settings

BROKER = {"SS_BROKERS": "kafka.example.org:9092", "SS_TOPIC": "camera"}
ENCRYPTION = {
    "SS_DATA_ENCRYPTION": "true",
    "SS_CRYPTO__ALGORITHM": "AES",
    "SS_CRYPTO__MODE": "GCM",
    "SS_CRYPTO__PASSWORD": "long enough",
}
LOGIN = {
    "SS_SECURITY_PROTOCOL": "SASL_SSL",
    "SS_SASL_MECHANISM": "PLAIN",
    "SS_SASL_PLAIN_USERNAME": "cam",
    "SS_SASL_PLAIN_PASSWORD": "qwertzui",
}


def loaded(given: Mapping[str, str | None] | None = None, **more: str | None) -> Settings:
    """The settings of an environment that has a broker besides; None takes a name out."""
    return load(None, environ=environment(given, **more), secrets_dirs=())


def environment(given: Mapping[str, str | None] | None = None, **more: str | None) -> dict[str, str]:
    """A whole environment: a broker, and what the test gives."""
    all_of_it = {**BROKER, **(given or {}), **more}
    return {name: text for name, text in all_of_it.items() if text is not None}


def problems(given: Mapping[str, str | None] | None = None, **more: str | None) -> list[str]:
    """All lines of the error that such an environment gets."""
    with pytest.raises(SettingsError) as error:
        loaded(given, **more)
    return told(error.value)


def problem(given: Mapping[str, str | None] | None = None, **more: str | None) -> str:
    """The one line of that error."""
    lines = problems(given, **more)
    assert len(lines) == 1, lines
    return lines[0]


def in_file(folder: Path, text: str | bytes, mode: int = 0o600) -> Settings:
    """The settings of a `.env` in `folder`, with an empty environment."""
    return load(write(folder, text, mode), environ={}, secrets_dirs=())


def file_problems(folder: Path, text: str | bytes) -> list[str]:
    """All lines of the error that such a file gets."""
    with pytest.raises(SettingsError) as error:
        in_file(folder, text)
    return told(error.value)


def write(folder: Path, text: str | bytes, mode: int = 0o600) -> Path:
    """A `.env` in `folder`."""
    path = folder / ".env"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    path.chmod(mode)
    return path


def told(error: SettingsError) -> list[str]:
    """The error's lines, each checked for the form that all have."""
    for line in error.problems:
        assert line.startswith("ss-camera: config: "), line
        assert "\n" not in line
    return error.problems


@contextlib.contextmanager
def not_root() -> Iterator[None]:
    """Without root's right to read every file; paths must be relative to the working folder meanwhile."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
