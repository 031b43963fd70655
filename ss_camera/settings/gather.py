"""The places where settings are found in, one value a name out: secrets before environment before `.env`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ss_camera.settings import dotenv_file, names, secret_files, table, time_zone
from ss_camera.settings.declare import Raw, Setting, problem
from ss_camera.settings.sinetstream_options import canonical

ENVIRONMENT = "environment"
COMMAND_LINE = "command line"
_TYPOGRAPHIC = "\u201c\u201d\u201e\u201f\u2018\u2019\u201a\u201b\u00ab\u00bb"


@dataclass
class Found:
    """What was found: by declared name, and apart what no setting declares and what is not ours.

    `refused` are names whose value has been told to be wrong and need not be read; `meant` those that
    were not found, but stand in what was refused. `is_unread`: there is a `.env` that nobody can read.
    """

    values: dict[str, Raw] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    meant: set[str] = field(default_factory=set)
    is_unread: bool = False
    unknown: list[Raw] = field(default_factory=list)
    libraries: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def gather(
    env_file: Path | None, environ: Mapping[str, str], folders: Sequence[Path], overrides: Mapping[str, str]
) -> Found:
    """Look everywhere; a later layer goes before the ones above it."""
    found = Found()
    if env_file is not None:
        _add(found, _from_file(found, env_file))
    _add(found, _from_environment(found, environ))
    secrets = secret_files.read(folders, lambda name: table.is_ours(name), _meant)
    found.meant.update(canonical(name) for name in secrets.refused)
    found.problems.extend(secrets.problems)
    found.warnings.extend(secrets.warnings)
    _add(found, secrets.values)
    _add(found, [Raw(name, text, COMMAND_LINE) for name, text in overrides.items()])
    zone = environ.get("TZ", found.libraries.get("TZ", ""))
    found.warnings.extend(filter(None, [time_zone.unknown(zone)]))
    return found


def _from_file(found: Found, path: Path) -> list[Raw]:
    file = dotenv_file.read(path)
    found.problems.extend(file.problems)
    found.meant.update(canonical(_meant(name) or name) for name in file.refused)
    found.is_unread = file.is_unread
    ours: dict[str, Raw] = {}
    for raw in file.values:
        if not table.is_ours(raw.name):
            meant = _meant(raw.name)
            if meant:
                found.problems.append(_misspelt(raw, meant))
                found.meant.add(meant)
            else:
                found.libraries[raw.name] = raw.text
        elif raw.name in ours:
            first = ours[raw.name].place
            found.problems.append(
                problem(f"{raw.name} ({raw.place})", f"is also set at {first}", "one line a name")
            )
        else:
            ours[raw.name] = raw
    for raw in ours.values():
        if raw.name in file.doubtful:
            found.warnings.append(
                f"{raw.name} ({raw.place}): an unquoted ` #` starts a comment, so the value ends before it; "
                f"put quotes around a value that holds ` #`"
            )
    if file.is_public and any(_is_secret(raw) for raw in ours.values()):
        found.warnings.append(f"{file.label} holds secrets and other users can read it; `chmod 600 {path}`")
    return list(ours.values())


def _is_secret(raw: Raw) -> bool:
    setting = table.find(raw.name)
    return setting is not None and (setting.secret or _hides(setting, raw.text))


def _hides(setting: Setting, text: str) -> bool:
    return setting.show is not None and setting.show(text) != text


def _from_environment(found: Found, environ: Mapping[str, str]) -> list[Raw]:
    ours = []
    for name, text in environ.items():
        raw = Raw(name, text, ENVIRONMENT)
        if table.is_ours(name):
            ours.append(raw)
        elif names.normal(name) in table.BY_NAME and name not in names.NOT_SETTINGS:
            found.problems.append(_misspelt(raw, names.normal(name)))
            found.meant.add(names.normal(name))
    return ours


def _meant(name: str) -> str | None:
    if name in names.NOT_SETTINGS:
        return None
    return names.looks_like(name, [known for known in table.BY_NAME if not known.endswith("*")])


def _misspelt(raw: Raw, meant: str) -> str:
    return problem(f"{raw.name} ({raw.place})", "is no setting", "", meant)


def _add(found: Found, layer: Iterable[Raw]) -> None:
    """Put a layer over what is there. Two spellings of one setting in one layer are a problem."""
    new: dict[str, Raw] = {}
    for raw in layer:
        setting = table.find(raw.name)
        if setting is None:
            found.unknown.append(raw)
            continue
        name = canonical(raw.name)
        if name in new:
            other = f"{new[name].name} ({new[name].place})"
            found.problems.append(
                problem(f"{raw.name} ({raw.place})", f"is the same setting as {other}", "one of them")
            )
        wrong = _quotes(setting, raw)
        if wrong:
            found.problems.append(wrong)
            found.refused.add(name)
        new[name] = raw
    for name, raw in new.items():
        old = found.values.get(name)
        if old is not None and raw.place == secret_files.PLACE:
            found.warnings.append(f"{name}: the secret goes before the value in {_in(old.place)}")
    found.values.update(new)


def _in(place: str) -> str:
    return f"the {place}" if place == ENVIRONMENT else place


def _quotes(setting: Setting, raw: Raw) -> str | None:
    """Marks that belong to a file's notation and have become part of the value."""
    if raw.place == secret_files.PLACE:
        return None
    where = f"{raw.name} ({raw.place})"
    text = raw.text.strip()
    if text[:1] in tuple(_TYPOGRAPHIC) or text[-1:] in tuple(_TYPOGRAPHIC):
        return problem(where, "has typographic quotes", "plain quotes (\" or ') or none")
    if raw.place == ENVIRONMENT and len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        return problem(
            where,
            "has quote marks around its value; docker's --env-file and env_file do not strip them",
            "the value without them",
        )
    return None
