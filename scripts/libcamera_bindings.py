"""Debian's libcamera bindings of bookworm-backports and picamera2 in, a folder to import them from out.

They are unpacked into .cache/picamera2 and installed nowhere: apt with sources, lists and caches of its own
fetches the packages, pip the wheels. picamera2 comes without what it imports for raw pictures, previews and
other programs: that has to be compiled, and is not needed to open a camera and to take pictures of it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.one_process import CACHE as FETCHED
from scripts.one_process import one_process

CACHE = FETCHED / "picamera2"
WHEELS = ("picamera2==0.3.38", "piexif==1.1.3", "videodev2==0.0.4")
BACKPORTS = ("python3-libcamera", "libcamera0.3")
NEEDED = (
    "liblttng-ust1",
    "liblttng-ust-common1",
    "liburcu8",
    "libunwind8",
    "libyaml-0-2",
    "libdw1",
    "libelf1",
)
"""What the bindings are linked with and a small machine may not have."""

_PYTHON = (3, 11)
_KEYS = Path("/usr/share/keyrings/debian-archive-keyring.gpg")
_TIMEOUT_S = 300.0


class BindingsMissing(RuntimeError):
    """They cannot be had here; the message says why, in one line."""


@dataclass(frozen=True)
class Bindings:
    """`path` is for PYTHONPATH, `libraries` for LD_LIBRARY_PATH."""

    path: tuple[Path, ...]
    libraries: Path


def fetch() -> Bindings:
    """The folders, filled where they are not. Raises `BindingsMissing`."""
    if sys.version_info[:2] != _PYTHON:
        raise BindingsMissing(
            "Debian bookworm's libcamera bindings are for Python 3.11, and this is "
            f"{sys.version_info[0]}.{sys.version_info[1]}"
        )
    with one_process("libcamera-bindings"):
        if not (CACHE / "complete").exists():
            shutil.rmtree(CACHE, ignore_errors=True)
            CACHE.mkdir(parents=True)
            _unpack_packages()
            _install_wheels()
            (CACHE / "complete").touch()
    modules = sorted((CACHE / "debian").glob("usr/lib/**/libcamera/__init__.py"))
    libraries = sorted((CACHE / "debian").glob("usr/lib/*/libcamera.so.*"))
    return Bindings((CACHE / "wheels", modules[0].parent.parent), libraries[0].parent)


def _unpack_packages() -> None:
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None or not _KEYS.exists():
        raise BindingsMissing("libcamera's bindings are fetched by Debian's apt, which is not here")
    archive = _archive()
    signed = f"deb [signed-by={_KEYS}] {archive}"
    (CACHE / "sources.list").write_text(
        f"{signed} bookworm main\n{signed} bookworm-backports main\n", encoding="ascii"
    )
    for folder in ("lists/partial", "apt/archives/partial", "packages", "debian"):
        (CACHE / folder).mkdir(parents=True)
    _apt("update")
    _apt(
        "download",
        *(f"{name}/bookworm-backports" for name in BACKPORTS),
        *(f"{name}/bookworm" for name in NEEDED),
    )
    for package in sorted((CACHE / "packages").glob("*.deb")):
        _run(["dpkg-deb", "--extract", str(package), str(CACHE / "debian")])


def _archive() -> str:
    """The archive of Debian that this machine's apt uses."""
    said = _run(["apt-get", "indextargets", "--format", "$(ORIGIN) $(REPO_URI)"])
    uris = [line.partition(" ")[2] for line in said.splitlines() if line.startswith("Debian ")]
    found = next((uri for uri in uris if "security" not in uri), None)
    if found is None:
        raise BindingsMissing(
            "this machine's apt knows no archive of Debian to fetch libcamera's bindings from"
        )
    return found


def _apt(*arguments: str) -> None:
    own = {
        "Dir::Etc::SourceList": CACHE / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": CACHE / "lists",
        "Dir::Cache": CACHE / "apt",
        "APT::Sandbox::User": "root",
    }
    options = [word for name, value in own.items() for word in ("-o", f"{name}={value}")]
    _run(["apt-get", "-qq", *options, *arguments])


def _install_wheels() -> None:
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary", ":all:"]
    _run([*pip, "--target", str(CACHE / "wheels"), *WHEELS])


def _run(command: Sequence[str]) -> str:
    try:
        ran = subprocess.run(  # noqa: S603 - our own command
            command,
            cwd=CACHE / "packages" if (CACHE / "packages").exists() else CACHE,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            env={**os.environ, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        raise BindingsMissing(f"{command[0]} took longer than {_TIMEOUT_S:.0f} s") from None
    if ran.returncode:
        last = (ran.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BindingsMissing(f"{command[0]} could not fetch libcamera's bindings: {last}")
    return ran.stdout
