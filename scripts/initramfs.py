"""A kernel's modules, a busybox and a script in, the archive that a kernel boots from out.

The archive is cpio's `newc` form (the kernel's Documentation/driver-api/early-userspace/buffer-format.rst).
"""

from __future__ import annotations

import gzip
import lzma
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

_FOLDER, _PROGRAM, _FILE = 0o040755, 0o100755, 0o100644


def with_needed(kernel: Path, names: Sequence[str]) -> list[Path]:
    """The files of these modules and of all that they need, in the order in which they are loaded.

    `kernel` is the folder of its modules. What is built into the kernel has no file and is left out.
    """
    files = {
        path.name.split(".")[0].replace("-", "_"): path
        for path in sorted(kernel.rglob("*.ko*"))
        if path.is_file()
    }
    order: dict[str, Path] = {}

    def load(name: str) -> None:
        path = files.get(name.replace("-", "_"))
        if path is None or name in order:
            return
        for other in _depends(path):
            load(other)
        order[name] = path

    for name in names:
        load(name)
    return list(order.values())


def _depends(path: Path) -> list[str]:
    found = re.search(rb"(?:^|\0)depends=([\w,-]*)\0", module_bytes(path))
    return [name.replace("-", "_") for name in found[1].decode().split(",") if name] if found else []


def module_bytes(path: Path) -> bytes:
    """The module, unpacked."""
    data = path.read_bytes()
    return lzma.decompress(data) if path.suffix == ".xz" else data


def pack(programs: Mapping[str, bytes], files: Mapping[str, bytes], folders: Sequence[str]) -> bytes:
    """The compressed archive; names without a slash in front, folders before what is in them."""
    entries = [
        *(_entry(name, _FOLDER, b"") for name in folders),
        *(_entry(name, _PROGRAM, data) for name, data in programs.items()),
        *(_entry(name, _FILE, data) for name, data in files.items()),
        _entry("TRAILER!!!", 0, b""),
    ]
    return gzip.compress(b"".join(entries), 1)


def _entry(name: str, mode: int, data: bytes) -> bytes:
    named = name.encode() + b"\0"
    numbers = (0, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(named), 0)
    head = b"070701" + b"".join(b"%08X" % number for number in numbers)
    return _padded(head + named) + _padded(data)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)
