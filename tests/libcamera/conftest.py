"""picamera2 on Debian's libcamera bindings, for processes of their own: a test imports neither."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from scripts.libcamera_bindings import BindingsMissing, fetch
from tests.parts import missing

ROOT = Path(__file__).resolve().parent.parent.parent
_PREFACE = """
from tests.libcamera import substitutes
substitutes.install("pykms", "pidng", "prctl")
"""

RunCode = Callable[[str], str]


@pytest.fixture(scope="session")
def bindings_environment() -> Mapping[str, str]:
    """The variables of a process that finds picamera2, libcamera's bindings and this checkout."""
    try:
        bindings = fetch()
    except BindingsMissing as error:
        missing(f"needs picamera2 with libcamera's bindings: {error}")
    return {
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT, *bindings.path))),
        "LD_LIBRARY_PATH": str(bindings.libraries),
        "LIBCAMERA_LOG_LEVELS": "*:FATAL",
    }


@pytest.fixture(scope="session")
def run_code(bindings_environment: Mapping[str, str]) -> RunCode:
    """Runs code in such a process; what it printed."""

    def run(code: str) -> str:
        ran = subprocess.run(
            [sys.executable, "-c", _PREFACE + code],
            env={**os.environ, **bindings_environment},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    return run
