"""What a setting is: its name, the kind of its value, and one sentence; and how a wrong value is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from ss_camera.settings.model import Origin

_SHOWN_CHARS = 60


class Bad(ValueError):
    """A value that a setting cannot take: a phrase that follows the value itself.

    `Bad("is not a number")` is told as `"fast" is not a number; expected ...`. `expected` stands in
    for the kind's own; `meant` is what the user probably wanted; `subject` is the part of the value
    that is wrong, where it is not the whole. A phrase holds no value, so that a secret cannot leak.
    """

    def __init__(
        self, wrong: str, *, expected: str | None = None, meant: str | None = None, subject: str | None = None
    ) -> None:
        super().__init__(wrong)
        self.wrong = wrong
        self.expected = expected
        self.meant = meant
        self.subject = subject


@dataclass(frozen=True)
class Kind:
    """How the text of a value is read. `expects` completes "expected ...". `parse` raises `Bad`."""

    expects: str
    parse: Callable[[str], object]


@dataclass(frozen=True)
class Setting:
    """One variable, declared once: the loader, `check` and the reference page all read this.

    A name that ends in `*` stands for every name with that beginning. `default` is told as it is
    written. `types` are the broker types that know an `SS_*` setting (none: all), and `part` is where
    SINETStream wants it: among its `common` keys, in the `type_spec` of both sides or only a `reader`'s.
    `show` gives what may be seen of a value of which a part is secret.
    """

    name: str
    kind: Kind
    doc: str
    section: str
    default: str = ""
    secret: bool = False
    types: tuple[str, ...] = ()
    part: str = ""
    show: Callable[[str], str] | None = None


@dataclass(frozen=True)
class Raw:
    """One value as it was found: the name as written, the text, and where."""

    name: str
    text: str = field(repr=False)
    place: str

    @property
    def origin(self) -> Origin:
        return Origin(self.name, self.place)


@dataclass(frozen=True)
class Given:
    """A value that was found and read: what it is, and what may be shown of it."""

    setting: Setting
    raw: Raw
    value: object = field(repr=False)


def shown(setting: Setting, text: str) -> str:
    """The value as `check` and messages print it; a secret only by its length."""
    if setting.secret:
        return f"<redacted, {len(text)} chars>"
    return printable(setting.show(text) if setting.show else text)


def printable(text: str) -> str:
    """At most 60 characters, with control characters escaped."""
    safe = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
    return safe if len(safe) <= _SHOWN_CHARS else safe[: _SHOWN_CHARS - 3] + "..."


def problem(where: str, wrong: str, expected: str = "", meant: str | None = None) -> str:
    """One line of a `SettingsError`; `where` is `NAME (source)` or `.env:LINE`."""
    parts = [f"ss-camera: config: {where}: {wrong}"]
    if expected:
        parts.append(f"expected {expected}")
    if meant:
        parts.append(f"did you mean {meant}?")
    return "; ".join(parts)


def refused(setting: Setting, raw: Raw, bad: Bad) -> str:
    """The line that says why `raw` is no value of `setting`."""
    subject = bad.subject if bad.subject is not None and not setting.secret else None
    value = f'"{printable(subject)}"' if subject is not None else _quoted(setting, raw.text)
    expected = setting.kind.expects if bad.expected is None else bad.expected
    meant = None if setting.secret else bad.meant
    return problem(f"{raw.name} ({raw.place})", f"{value} {bad.wrong}", expected, meant)


def clash(raw: Raw, wrong: str, expected: str = "") -> str:
    """The line that says why a value that is right by itself cannot stand beside another."""
    return problem(f"{raw.name} ({raw.place})", wrong, expected)


def missing(name: str, wrong: str, expected: str = "") -> str:
    """The line that says that a setting is wanted and was not found."""
    return problem(f"{name} (not set)", wrong, expected)


def _quoted(setting: Setting, text: str) -> str:
    value = shown(setting, text)
    return value if setting.secret else f'"{value}"'
