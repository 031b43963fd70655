"""All values in, those of one family of messages out: what `CLIP_SS_*` says before what `SS_*` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ss_camera.media import Family
from ss_camera.settings.crypto_rules import SECRETS
from ss_camera.settings.declare import Given, clash
from ss_camera.settings.names import family_prefix
from ss_camera.settings.sinetstream_options import BASIC, TOPIC_LENGTHS
from ss_camera.settings.values import Values

PREFIXES = {Family.STILL: "", Family.CLIP: "CLIP_", Family.EVENT: "EVENT_"}
SUFFIXES = {Family.STILL: "", Family.CLIP: ".clip", Family.EVENT: ".event"}
"""Behind the topic of the stills, where a family has none of its own."""

_CONNECTION = {setting.name for setting in BASIC} - {"SS_TOPIC"}


def of_family(values: Values, family: Family, kind: str, kind_of_stills: str) -> Values:
    """What counts for `family`, by its `SS_*` names; each value still knows the name that was written.

    `kind` and `kind_of_stills` are their types of broker. What cannot serve a broker of another type, and
    what belongs to a setting that the family replaces, is not inherited.
    """
    prefix = PREFIXES[family]
    own = {name.removeprefix(prefix): given for name, given in values.given.items() if _is_of(name, prefix)}
    own_failed = {name.removeprefix(prefix) for name in values.failed if _is_of(name, prefix)}
    meant = {name.removeprefix(prefix) for name in values.meant if _is_of(name, prefix)}
    if not prefix:
        return Values(own, own_failed, meant)
    inherited = {
        name: given
        for name, given in values.given.items()
        if name not in own_failed and _serves(name, given, kind, kind_of_stills, own)
    }
    client = inherited.get("SS_CLIENT_ID")
    if client is not None and kind == "mqtt":
        # a broker closes the older of two connections of one name
        value = f"{client.value}{SUFFIXES[family].replace('.', '-')}"
        inherited["SS_CLIENT_ID"] = replace(client, value=value)
    failed = {name for name in values.failed if not family_prefix(name) and name not in own}
    meant |= {name for name in values.meant if not family_prefix(name)}
    return Values(inherited | own, own_failed | failed, meant)


def suffix(values: Values, family: Family) -> str:
    """What stands behind the topic of `family`: nothing where it has one of its own."""
    return "" if values.was_named(PREFIXES[family] + "SS_TOPIC") else SUFFIXES[family]


def check_topic(values: Values, family: Family, kind: str, problems: list[str]) -> None:
    """Append that the topic of the stills leaves no room for the suffix."""
    topic, behind = values.get("SS_TOPIC", str) or "", suffix(values, family)
    longest = TOPIC_LENGTHS[kind]
    if len(topic) <= longest < len(topic) + len(behind):
        wrong = f"has {len(topic)} characters, and {family.value}s go to it with {behind} behind"
        expected = f"at most {longest - len(behind)}, or {PREFIXES[family]}SS_TOPIC as well"
        problems.append(clash(values.raw("SS_TOPIC"), wrong, expected))


def renamed(lines: list[str], family: Family, of_stills: list[str]) -> list[str]:
    """Lines about a family's broker: a missing setting is missing under the family's name.

    What holds for the stills as well is told as it is told there.
    """
    prefix = PREFIXES[family]
    names = []
    for line in lines:
        head, _, rest = line.partition("SS_")
        is_name = head == "" or (head == "ss-camera: config: " and " (not set)" in rest)
        names.append(f"{head}{prefix}SS_{rest}" if is_name and line not in of_stills else line)
    return names


def _is_of(name: str, prefix: str) -> bool:
    return family_prefix(name) == prefix


def _serves(name: str, given: Given, kind: str, kind_of_stills: str, own: Mapping[str, Given]) -> bool:
    """Whether the family inherits `name`."""
    types = given.setting.types
    if family_prefix(name) or name in own or (types and kind not in types):
        return False
    if kind != kind_of_stills and (name in _CONNECTION or name.startswith("SS_TLS")):
        return False
    if name.startswith("SS_TLS__") and "SS_TLS" in own:
        return own["SS_TLS"].value is not False
    if name.startswith("SS_SASL_") and "SS_SECURITY_PROTOCOL" in own:
        return str(own["SS_SECURITY_PROTOCOL"].value).startswith("SASL_")
    if name.startswith("SS_WILL__"):
        return False  # three connections would tell the camera's end three times
    return not (name in SECRETS and any(secret in own for secret in SECRETS))
