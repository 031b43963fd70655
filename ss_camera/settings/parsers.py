"""Text of a setting in, a typed value out; a type is declared for each setting and never guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from ss_camera.settings.declare import Bad, Kind

_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")
_INTEGER = re.compile(r"[+-]?[0-9]+")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_UNITS = {"": 1, "K": 1024, "M": 1024**2, "G": 1024**3}
_SIZE = re.compile(r"([0-9]+) *([KMG]?)(?:I?B)?", re.IGNORECASE)


def nearest(word: str, words: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The one of `words` that `word` was probably meant to be, whatever its case."""
    from difflib import get_close_matches  # 3 ms, and wanted only where something is wrong

    by_fold = {candidate.casefold(): candidate for candidate in words}
    close = get_close_matches(word.casefold(), by_fold, 1, cutoff)
    return by_fold[close[0]] if close else None


def _text(text: str) -> str:
    return text


TEXT = Kind("text", _text)


def _boolean(text: str) -> bool:
    word = text.strip().casefold()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise Bad("is neither true nor false", meant=nearest(word, (*_TRUE[:3], *_FALSE[:3])))


BOOLEAN = Kind("true/false/yes/no/on/off/1/0", _boolean)


def _span(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return "" if low is None and high is None else (f" >= {low:g}" if high is None else f" <= {high:g}")
    return f" from {low:.10g} to {high:.10g}"


def integer(low: int | None = None, high: int | None = None, what: str = "a whole number") -> Kind:
    """A whole number within bounds, both included."""

    def parse(text: str) -> int:
        word = text.strip()
        if not _INTEGER.fullmatch(word) or len(word) > 20:
            raise Bad("is not a whole number" if len(word) <= 20 else "is too long for a number")
        value = int(word)
        if (low is not None and value < low) or (high is not None and value > high):
            raise Bad("is out of range")
        return value

    return Kind(what + _span(low, high), parse)


def number(low: float | None = None, high: float | None = None, what: str = "a number") -> Kind:
    """A plain decimal number within bounds, both included; no exponent, `nan` or `inf`."""

    def parse(text: str) -> float:
        word = text.strip()
        if not _NUMBER.fullmatch(word) or len(word) > 40:
            raise Bad("is not a plain decimal number")
        value = float(word)
        if (low is not None and value < low) or (high is not None and value > high):
            raise Bad("is out of range")
        return value

    return Kind(what + _span(low, high), parse)


MILLISECONDS = integer(1, 2**31 - 1, "whole milliseconds")
"""A time or interval that must pass; 0 would be none."""
MILLISECONDS_OR_0 = integer(0, 2**31 - 1, "whole milliseconds")


def choice(spaced: str, aliases: dict[str, str] | None = None, numbered: bool = False) -> Kind:
    """One of the words in `spaced`, whatever its case; `numbered`: or its place, counted from 0."""
    words = spaced.split()
    by_fold = {word.casefold(): word for word in words}
    by_fold.update({alias.casefold(): word for alias, word in (aliases or {}).items()})
    if numbered:
        by_fold.update({str(place): word for place, word in enumerate(words)})

    def parse(text: str) -> str:
        value = by_fold.get(text.strip().casefold())
        if value is None:
            wrong = f"is not one of the {len(words)} values" if len(words) > 1 else "is not available"
            raise Bad(wrong, meant=nearest(text.strip(), words))
        return value

    return Kind("one of " + ", ".join(words) if len(words) > 1 else words[0], parse)


def one_of(*values: int) -> Kind:
    """One of a few whole numbers."""
    words = {str(value): value for value in values}

    def parse(text: str) -> int:
        if text.strip() not in words:
            raise Bad(f"is not one of the {len(values)} values")
        return words[text.strip()]

    return Kind("one of " + ", ".join(words), parse)


def matching(pattern: str, expects: str, wrong: str = "is not in that form") -> Kind:
    """Text that matches `pattern` as a whole."""

    def parse(text: str) -> str:
        # compiled when it is wanted: all patterns at once would take 10 ms of each start
        if not re.fullmatch(pattern, text):
            raise Bad(wrong)
        return text

    return Kind(expects, parse)


def _bytes(text: str) -> int:
    match = _SIZE.fullmatch(text.strip())
    if not match or len(text) > 20:
        raise Bad("is not a size in bytes")
    return int(match[1]) * _UNITS[match[2].upper()]


def size(low: int, high: int) -> Kind:
    """Bytes, written as a number with an optional K, M or G (powers of 1024)."""

    def parse(text: str) -> int:
        value = _bytes(text)
        if not low <= value <= high:
            raise Bad("is out of range")
        return value

    return Kind(f"bytes from {_in_units(low)} to {_in_units(high)}, units K, M, G", parse)


def _in_units(count: int) -> str:
    unit = next(unit for unit in ("G", "M", "K", "") if count % _UNITS[unit] == 0)
    return f"{count // _UNITS[unit]}{unit}"


def sequence(item: Kind, lengths: tuple[int, ...], expects: str) -> Kind:
    """Values between commas, with or without brackets around them: `(1.5, 2)`, `1.5,2`."""

    def parse(text: str) -> tuple[object, ...]:
        inside = re.fullmatch(r"\s*(?:\((.*)\)|\[(.*)\]|([^()\[\]]*))\s*", text)
        if not inside:
            raise Bad("is not in that form")
        words = re.split(r"\s*,\s*", next(g for g in inside.groups() if g is not None))
        if len(words) > 1 and not words[-1]:
            words.pop()  # Python's own way of writing a tuple of one
        if lengths and len(words) not in lengths:
            raise Bad(f"has {len(words)} values")
        return tuple(_item(item, word) for word in words)

    return Kind(expects, parse)


def _item(item: Kind, word: str) -> object:
    try:
        return item.parse(word)
    except Bad as bad:
        raise Bad(bad.wrong, subject=word) from None


def or_none(kind: Kind) -> Kind:
    """`none`, or a value of `kind`."""

    def parse(text: str) -> object:
        return None if text.strip().casefold() == "none" else kind.parse(text)

    return Kind(f"none, or {kind.expects}", parse)


def either(first: Kind, second: Kind) -> Kind:
    """A value of `first`, else of `second`."""

    def parse(text: str) -> object:
        try:
            return first.parse(text)
        except Bad:
            return second.parse(text)

    return Kind(f"{first.expects}, or {second.expects}", parse)


def url(*schemes: str) -> Kind:
    """A URL of one of `schemes`, with a host."""

    def parse(text: str) -> str:
        word = text.strip()
        try:
            parts = urlsplit(word)
            complete = parts.scheme in schemes and parts.hostname and parts.port != 0
        except ValueError:
            complete = False
        if not complete or re.search(r"\s", word):
            raise Bad("is not such a URL")
        return word

    return Kind(" or ".join(f"{scheme}://host[:port]/..." for scheme in schemes), parse)


def _file_path(text: str) -> str:
    try:
        path = Path(text).expanduser()
        if path.exists() and not path.is_file() and not path.is_dir():
            raise Bad("is not a regular file")  # to open a pipe would wait for a writer
        with path.open("rb"):
            pass
    except OSError as error:
        raise Bad(f"cannot be read: {reason(error)}") from None
    except RuntimeError:
        raise Bad("names a user who is not known here") from None
    return str(path)


def reason(error: OSError) -> str:
    """The operating system's reason in lower case: `no such file or directory`."""
    return (error.strerror or type(error).__name__).lower()


FILE = Kind("the path of a readable file", _file_path)
