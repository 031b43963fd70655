"""Names of Debian packages in, a folder with their files out: fetched by apt, unpacked, not installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from scripts.one_process import CACHE

_TIMEOUT_S = 600.0


class PackagesMissing(RuntimeError):
    """The packages could not be fetched; the message says why, in one line."""


class Apt:
    """This machine's apt; with an `architecture` other than its own one for a system of that.

    `nothing_installed`: what is installed here is named among what is needed as well.
    """

    def __init__(self, architecture: str | None = None, *, nothing_installed: bool = False) -> None:
        if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
            raise PackagesMissing("there is no apt-get here: this needs Debian, or a container of it")
        bare = ["-o", "Dir::State::status=/dev/null"]
        self._options = bare if nothing_installed or architecture else []
        if architecture:
            folder = CACHE / f"apt-{architecture}"
            for name in ("lists/partial", "cache/archives/partial"):
                (folder / name).mkdir(parents=True, exist_ok=True)
            self._options += [
                *("-o", f"APT::Architecture={architecture}", "-o", f"APT::Architectures={architecture}"),
                *("-o", f"Dir::State::lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache"),
            ]
        self._own = bool(architecture)

    def needed(self, names: Sequence[str]) -> list[str]:
        """The packages and all that they need, without what is installed. Raises `PackagesMissing`."""
        asked = ["-s", "-qq", "--no-install-recommends", "install", *names]
        done = self._run(asked)
        if done.returncode and (self._own or os.geteuid() == 0):
            self._run(["-qq", "update"])  # a source that fails may be one that is not needed
            done = self._run(asked)
        if done.returncode:
            raise PackagesMissing(
                f"apt does not find {' '.join(names)} ({_last_line(done.stderr)}); as root: apt-get update"
            )
        return re.findall(r"^Inst (\S+)", done.stdout, re.MULTILINE)

    def unpack(self, names: Sequence[str], folder: Path) -> Path:
        """The files of exactly these packages in `folder`; nothing happens where that is there already."""
        if folder.is_dir():
            return folder
        CACHE.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as name:
            fetched, part = Path(name, "fetched"), Path(name, "part")
            fetched.mkdir()
            done = self._run(["-qq", "-o", "APT::Sandbox::User=root", "download", *names], fetched)
            if done.returncode:
                raise PackagesMissing(f"apt cannot fetch {' '.join(names)}: {_last_line(done.stderr)}")
            for package in sorted(fetched.glob("*.deb")):
                command = ["dpkg-deb", "--extract", str(package), str(part)]
                subprocess.run(command, check=True, timeout=_TIMEOUT_S)  # noqa: S603 - our own command
                package.unlink()
            part.rename(folder)
        return folder

    def _run(self, arguments: Sequence[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command
            ["apt-get", *self._options, *arguments],  # noqa: S607
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_S,
            env={**os.environ, "LC_ALL": "C"},
        )


def _last_line(text: str) -> str:
    lines = (
        [line for line in text.splitlines() if line.startswith("E:")] or text.splitlines() or ["no reason"]
    )
    return lines[-1]
