#!/usr/bin/env python3
"""Arguments for pytest in, its result on 64-bit ARM out: Debian's Python and the pinned wheels under QEMU.

    make test-arm64 ARGS="-k turn"

Nothing is emulated but the processor: qemu-user runs ARM programs on this kernel, without root.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.debian_packages import Apt, PackagesMissing  # noqa: E402 - from this checkout
from scripts.one_process import CACHE  # noqa: E402

LIMIT_S = 1800.0
# what wheels may be built for that Debian's glibc runs, oldest last
_PLATFORMS = (
    "manylinux_2_34_aarch64",
    "manylinux_2_28_aarch64",
    "manylinux_2_17_aarch64",
    "manylinux2014_aarch64",
)
_DEBIAN = ("python3-minimal", "libpython3-stdlib", "libstdc++6", "zlib1g", "tzdata")
_TEST_LIBRARIES = ("pytest", "pytest-timeout", "hypothesis", "time-machine")
# not SINETStream: it is Python alone, and needs a library that has no wheel
_LIBRARIES = ("numpy", "av", "pillow", "simplejpeg", "confluent-kafka", "crc32c", "python-dotenv", "schedule")
_IMPORTS = "av numpy PIL simplejpeg confluent_kafka crc32c dotenv schedule"
_LEFT_OUT = (
    "test_pillow_is_taken_where_simplejpeg_is_not_installed"  # starts Python anew, which takes an ARM kernel
)
_TESTS = (
    *("tests/test_message.py", "tests/clips", "tests/motion/test_detector.py"),
    *(
        f"tests/camera/test_{name}.py"
        for name in ("caption", "editing", "exif_tags", "picture", "jpeg_encoder")
    ),
    *(f"tests/camera/test_{name}.py" for name in ("h264_encoder", "annex_b", "edited_sources")),
)


def main() -> int:
    """The exit code of pytest on ARM, or 1 with a sentence."""
    try:
        qemu, tree = _qemu(), _tree()
        python = max(tree.glob("usr/bin/python3.[0-9]*"), key=lambda path: int(path.name.split(".")[1]))
        site = _site(python.name.removeprefix("python"))
    except PackagesMissing as error:
        print(f"make test-arm64: {error}", file=sys.stderr)  # noqa: T201 - the command's output
        return 1
    arm = [str(qemu), "-L", str(tree), str(python), "-B"]
    versions = (
        "import importlib, platform, sys; print(platform.machine(), 'Python', platform.python_version())\n"
        f"for name in {_IMPORTS.split()}:\n"
        "    print(name, getattr(importlib.import_module(name), '__version__', ''))"
    )
    imported = _run([*arm, "-c", versions], site)
    if imported:
        return imported
    arguments = shlex.split(os.environ.get("ARGS", "")) + sys.argv[1:]
    options = ["-p", "no:cacheprovider", "--hypothesis-profile=ci", "--timeout=600"]
    options += [f"--deselect=tests/camera/test_jpeg_encoder.py::{_LEFT_OUT}"]
    options += [f"--basetemp={CACHE / 'tests-arm64'}", "-q"]
    return _run([*arm, "-m", "pytest", *options, *_TESTS, *arguments], site)


def _qemu() -> Path:
    folder = CACHE / "qemu-user"
    if not folder.is_dir():
        print("fetching QEMU's user mode (60 MB, once)", flush=True)  # noqa: T201
        Apt().unpack(["qemu-user-static"], folder)
        for path in (folder / "usr/bin").iterdir():
            if path.name != "qemu-aarch64-static":  # 30 other processors, 300 MB
                path.unlink()
    return folder / "usr/bin/qemu-aarch64-static"


def _tree() -> Path:
    folder = CACHE / "arm64-debian"
    if not folder.is_dir():
        print("fetching Debian's Python for arm64 (15 MB, once)", flush=True)  # noqa: T201
        apt = Apt("arm64")
        apt.unpack(apt.needed(_DEBIAN), folder)
    return folder


def _site(version: str) -> Path:
    """The folder of the pinned wheels for ARM and this version of Python, as `3.11`."""
    files = [ROOT / f"requirements{part}.txt" for part in ("", "-core", "-test")]
    lines = [line for path in files for line in path.read_text().splitlines()]
    wanted = [line for line in lines if line.split("==")[0] in (*_LIBRARIES, *_TEST_LIBRARIES)]
    pins = hashlib.sha256("\n".join(wanted).encode()).hexdigest()[:12]
    folder = CACHE / f"arm64-wheels-{version}-{pins}"
    if folder.is_dir():
        return folder
    print("fetching the wheels for arm64 (110 MB, once)", flush=True)  # noqa: T201
    part = folder.with_suffix(f".{os.getpid()}")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--target", str(part)]
    command += ["--only-binary=:all:", "--implementation=cp", f"--python-version={version}"]
    command += [f"--platform={name}" for name in _PLATFORMS]
    done = subprocess.run([*command, *wanted], timeout=LIMIT_S)  # noqa: S603 - our own
    if done.returncode:
        raise PackagesMissing("pip cannot fetch the wheels")
    part.rename(folder)
    return folder


def _run(command: list[str], site: Path) -> int:
    environment = {**os.environ, "PYTHONPATH": str(site)}
    environment.pop("VIRTUAL_ENV", None)
    return subprocess.run(command, cwd=ROOT, env=environment, timeout=LIMIT_S).returncode  # noqa: S603 - our own


if __name__ == "__main__":
    sys.exit(main())
