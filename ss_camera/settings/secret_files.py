"""Folders of secrets in (one file a setting), their values out, and every file that cannot be one."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from ss_camera.settings.declare import Raw, problem
from ss_camera.settings.parsers import reason

MAX_BYTES = 64 * 1024
PLACE = "secret"
_DOCKER_MODE = 0o444
"""How Docker mounts a secret that names no mode; read-only for all inside the container."""


@dataclass(frozen=True)
class SecretFiles:
    """What the folders hold. Where two have a name, the first folder's file is taken.

    `refused` are the names of settings that a wrong file was meant to hold.
    """

    values: tuple[Raw, ...]
    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    refused: frozenset[str]


def read(
    folders: Iterable[Path], is_ours: Callable[[str], bool], meant_by: Callable[[str], str | None]
) -> SecretFiles:
    """Read the files whose names are ours. A folder that is not there holds nothing.

    `meant_by` tells the name of ours that another name is a slip for, if it is one.
    """
    values: dict[str, Raw] = {}
    problems: list[str] = []
    warnings: list[str] = []
    refused: set[str] = set()
    for folder in folders:
        try:
            names = sorted(os.listdir(folder))
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            problems.append(
                problem(str(folder), f"cannot be read: {reason(error)}", "a folder this user may read")
            )
            continue
        for name in names:
            if name in values:
                continue
            if not is_ours(name):
                meant = meant_by(name)
                if meant:
                    problems.append(problem(f"{name} ({PLACE})", f"{folder / name} is no setting", "", meant))
                    refused.add(meant)
                continue
            try:
                values[name] = Raw(name, _value(folder / name), PLACE)
                warnings.extend(_exposed(folder / name))
            except _Unusable as error:
                problems.append(problem(f"{name} ({PLACE})", f"{folder / name} {error}", error.expected))
                refused.add(name)
    return SecretFiles(tuple(values.values()), tuple(problems), tuple(warnings), frozenset(refused))


class _Unusable(Exception):
    def __init__(self, wrong: str, expected: str = "a text file") -> None:
        super().__init__(wrong)
        self.expected = expected


def _value(path: Path) -> str:
    try:
        if path.is_symlink() and not path.exists():
            raise _Unusable(
                f"is a link to {os.readlink(path)}, which does not exist", "a file or a link to one"
            )
        if path.is_dir():
            raise _Unusable("is a directory")
        if not path.is_file():
            raise _Unusable("is not a regular file")
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise _Unusable(f"cannot be read: {reason(error)}", "a file this user may read") from None
    if len(data) > MAX_BYTES:
        raise _Unusable("is larger than 64 KiB", "the value alone")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _Unusable(f"is not UTF-8 (byte {error.start})", "UTF-8 text") from None
    if "\0" in text:
        raise _Unusable(f"has a NUL byte (byte {data.index(0)})", "UTF-8 text")
    # an editor's or echo's line end is not part of the value; a second one may be
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise _Unusable("is empty", "the value")
    return text


def _exposed(path: Path) -> list[str]:
    status = path.stat()
    mode = stat.S_IMODE(status.st_mode)
    if status.st_uid not in (0, os.geteuid()):
        return [
            f"{path.name} (secret): {path} belongs to user {status.st_uid}, who can change it; `chown` it"
        ]
    if mode & 0o022 or (mode & stat.S_IROTH and (mode, status.st_uid) != (_DOCKER_MODE, 0)):
        return [f"{path.name} (secret): {path} is open to other users (mode {mode:04o}); `chmod 600 {path}`"]
    return []
