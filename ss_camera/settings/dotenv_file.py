"""A `.env` file in, its values with their lines out, and every line that does not mean what it seems to."""

from __future__ import annotations

import io
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dotenv.parser import Binding, parse_stream

from ss_camera.settings.declare import Raw, problem
from ss_camera.settings.parsers import reason

MAX_BYTES = 1024 * 1024
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_OPEN_QUOTE = re.compile(r"\s*(?:export\s+)?[^=\s#]+\s*=\s*(['\"])")
# of each line: an open quote swallows those after it
_BEGINNING = re.compile(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)", re.MULTILINE)
_UNQUOTED_HASH = re.compile(r"\s*(?:export\s+)?[^=\s#]+\s*=\s*[^\s'\"#][^\r\n]*?\s#[^\s#]")


@dataclass(frozen=True)
class EnvFile:
    """What one file holds.

    `doubtful` are the names of values that ` #` cut short, `refused` those on lines that are wrong.
    """

    label: str
    values: tuple[Raw, ...] = ()
    doubtful: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()
    is_public: bool = False
    refused: frozenset[str] = frozenset()
    is_unread: bool = False


def read(path: Path) -> EnvFile:
    """Read `path` by python-dotenv's rules, `${NAME}` taken literally. Problems are in the result."""
    label = path.name or str(path)
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            what = "is a directory" if stat.S_ISDIR(mode) else "is not a regular file"
            return _failed(label, f"{path} {what}", "a text file of NAME=VALUE lines")
        data = _first_bytes(path)
    except OSError as error:
        return _failed(label, f"{path} cannot be read: {reason(error)}", "a file that this user may read")
    if len(data) > MAX_BYTES:
        return _failed(label, "larger than 1 MiB", "a text file of NAME=VALUE lines")
    undecodable = _undecodable(data)
    if undecodable:
        return _failed(label, undecodable, "UTF-8 text")
    return replace(_lines(label, data.decode("utf-8")), is_public=bool(mode & stat.S_IROTH))


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _failed(label: str, wrong: str, expected: str) -> EnvFile:
    return EnvFile(label, problems=(problem(label, wrong, expected),), is_unread=True)


def _undecodable(data: bytes) -> str | None:
    # UTF-16 of Latin letters is valid UTF-8 with a NUL after each
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or data.count(b"\0") > len(data) // 4:
        return "not UTF-8 (looks like UTF-16)"
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return f"not UTF-8 (line {line}, byte {error.start})"
    return None


def _lines(label: str, text: str) -> EnvFile:
    values: list[Raw] = []
    doubtful: set[str] = set()
    problems: list[str] = []
    refused: set[str] = set()
    for line, binding in _bindings(text):
        where, before = f"{label}:{line}", len(problems)
        if binding.error or (binding.key is not None and not _NAME.fullmatch(binding.key)):
            problems.append(_malformed(where, binding.original.string))
        elif binding.key is not None and "\0" in binding.original.string:
            problems.append(problem(where, f"{binding.key} has a NUL byte in its value", "text"))
        elif binding.key is not None and binding.value is None:
            problems.append(problem(where, f"{binding.key} has no value", f"{binding.key}=VALUE"))
        elif binding.key is not None and binding.value is not None:
            values.append(Raw(binding.key, binding.value, where))
            if _UNQUOTED_HASH.match(binding.original.string):
                doubtful.add(binding.key)
        if len(problems) > before:
            refused.update(_BEGINNING.findall(binding.original.string))
    return EnvFile(label, tuple(values), frozenset(doubtful), tuple(problems), refused=frozenset(refused))


def _bindings(text: str) -> Iterator[tuple[int, Binding]]:
    for binding in parse_stream(io.StringIO(text)):
        # the parser counts from the blank lines before a binding, a reader from the name
        original = binding.original
        before = original.string[: len(original.string) - len(original.string.lstrip())]
        yield original.line + len(re.findall(r"\r\n|\n|\r", before)), binding


def _malformed(where: str, original: str) -> str:
    quote = _OPEN_QUOTE.match(original)
    if not quote:
        return problem(where, "not NAME=VALUE", "NAME=VALUE, or a comment that begins with #")
    rest = original[quote.end() :].splitlines()[0] if original[quote.end() :] else ""
    if re.search(rf"(?<!\\){quote[1]}", rest):
        return problem(where, "text after the closing quote", "one value, with quotes around all of it")
    return problem(where, "quote not closed", f"a {quote[1]} at the end of the value")


def find(explicit: str | None, cwd: Path, script_dir: Path) -> Path | None:
    """The file to read: `explicit`, else `.env` in `cwd`, else beside the script, else none."""
    if explicit is not None:
        return cwd / Path(explicit).expanduser()
    return next((folder / ".env" for folder in (cwd, script_dir) if os.path.lexists(folder / ".env")), None)
