"""What was found in, each value read by its declared kind out; and what could not be read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from ss_camera.settings import table
from ss_camera.settings.declare import Bad, Given, Kind, Raw, Setting, problem, refused
from ss_camera.settings.gather import Found

_T = TypeVar("_T")


class Values:
    """The values by declared name. A name in `failed` was given, but is not of its kind; one in `meant`
    was written wrongly, and so would be missed."""

    def __init__(self, given: dict[str, Given], failed: set[str], meant: Iterable[str] = ()) -> None:
        self.given = given
        self.failed = failed
        self.meant = frozenset(meant)

    @classmethod
    def read(cls, found: Found) -> Values:
        """Read all that was found; what is wrong is appended to its problems."""
        values = cls({}, set(found.refused), found.meant)
        for name, raw in found.values.items():
            setting = table.find(name)
            assert setting is not None
            if name in values.failed:
                continue
            try:
                values.given[name] = Given(setting, raw, setting.kind.parse(_whole(raw)))
            except Bad as bad:
                values.failed.add(name)
                found.problems.append(_told(setting, raw) or refused(setting, raw, bad))
        return values

    def __contains__(self, name: object) -> bool:
        return name in self.given

    def was_named(self, name: str) -> bool:
        """Whether the user set it, well or badly."""
        return name in self.given or name in self.failed or name in self.meant

    def raw(self, name: str) -> Raw:
        """What was found for a name that is in these values."""
        return self.given[name].raw

    def get(self, name: str, kind: type[_T]) -> _T | None:
        """The value of `name` as its kind reads it, or None where it is not given."""
        if name not in self.given:
            return None
        value = self.given[name].value
        assert isinstance(value, kind), f"{name} is declared as {type(value)}"
        return value

    def narrow(self, name: str, kind: Kind, problems: list[str], expected: str | None = None) -> None:
        """Append what `kind`, which takes less than the declared one, has against the value of `name`."""
        given = self.given.get(name)
        if given is None:
            return
        try:
            kind.parse(given.raw.text)
        except Bad as bad:
            bad.expected = expected or kind.expects
            problems.append(refused(given.setting, given.raw, bad))


def _whole(raw: Raw) -> str:
    if not raw.text.strip() or _is_broken(raw.text):
        raise Bad("")  # `_told` has the line
    return raw.text


def _is_broken(text: str) -> bool:
    """Whether Python put stand-ins for bytes that are not UTF-8."""
    return any("\ud800" <= character <= "\udfff" for character in text)


def _told(setting: Setting, raw: Raw) -> str | None:
    """The line for a value that is no text at all: its kind has nothing to say about it."""
    if _is_broken(raw.text):
        return problem(f"{raw.name} ({raw.place})", "is not UTF-8", "UTF-8 text")
    if raw.text.strip():
        return None
    hint = "; unset it to take pictures at the frame rate" if setting.name == "SCHEDULE" else ""
    return problem(f"{raw.name} ({raw.place})", f"is empty{hint}", setting.kind.expects)
