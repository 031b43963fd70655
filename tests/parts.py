"""The name of a part in, nothing out where it is here; else the test is skipped and says why."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from scripts import kafka_jars

REQUIRE_ALL = "SS_TEST_REQUIRE_ALL"
"""Set to 1 (CI does), a missing part is a failure and not a skip."""

_PROGRAMS = {
    "java": ("java", "openjdk-17-jre-headless"),
    "mvn": ("mvn", "maven"),
    "mosquitto": ("mosquitto", "mosquitto"),
    "chromium": ("chromium", "chromium"),
    "ffmpeg": ("ffmpeg", "ffmpeg"),
    "xvfb": ("Xvfb", "xvfb"),
    "cc": ("cc", "gcc libc6-dev"),
}


def need(*parts: str) -> None:
    """Skip the test unless all `parts` are here: programs of the table above, or Python modules."""
    for part in parts:
        if reason := _why_missing(part):
            missing(reason)


def missing(reason: str) -> NoReturn:
    """Skip with `reason` (one line), or fail with it where everything is required."""
    if os.environ.get(REQUIRE_ALL) == "1":
        pytest.fail(f"{reason} ({REQUIRE_ALL}=1)", pytrace=False)
    pytest.skip(reason)


def program(name: str) -> str | None:
    """Where a program is. Debian keeps servers in /usr/sbin, which is not in every user's PATH."""
    command, _ = _PROGRAMS[name]
    return shutil.which(command, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/usr/local/sbin")


def _why_missing(part: str) -> str | None:
    if part not in _PROGRAMS:
        return (
            None
            if importlib.util.find_spec(part)
            else f"needs the Python module {part}: make test installs it"
        )
    if part == "mvn" and kafka_jars.cached():
        return None
    where = program(part)
    if where is None:
        return f"needs {part}: apt-get install {_PROGRAMS[part][1]}"
    if part == "java" and (version := _java_version(where)) < 17:
        return f"needs Java 17 or later, and {where} is {version}: apt-get install openjdk-17-jre-headless"
    return None


def _java_version(java: str) -> int:
    said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=30).stderr
    found = re.search(r'version "(?:1\.)?(\d+)', said)
    return int(found[1]) if found else 0


def chromium() -> Path:
    """Debian's Chromium; the test is skipped where it is missing."""
    need("chromium")
    return Path(str(program("chromium")))
