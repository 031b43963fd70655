"""`SS_*` in, the route of each family of messages out, ready for SINETStream's writers and readers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from ss_camera.media import Family
from ss_camera.settings import (
    crypto_rules,
    families,
    installed,
    kafka_rules,
    libcamera_controls,
    mqtt_rules,
    names,
    picamera_properties,
    s3_rules,
    sinetstream_options,
    table,
)
from ss_camera.settings.broker_addresses import Address
from ss_camera.settings.declare import Raw, clash, missing, problem
from ss_camera.settings.kafka_options import LIBRDKAFKA_ONLY, OBJECTS, REPLACED
from ss_camera.settings.model import Route
from ss_camera.settings.parsers import nearest
from ss_camera.settings.tls_rules import tls
from ss_camera.settings.values import Values

_FEW = 6
_ELSEWHERE = ("SS_TLS", "SS_BROKERS")
"""Common settings whose place this module finds itself."""


def broker_type(values: Values, unknown: list[Raw], problems: list[str]) -> str | None:
    """`kafka`, `mqtt` or `s3`, or None where SS_TYPE is none of them. Names it does not know are refused."""
    kind = _kind(values, "", "kafka")
    for raw in unknown:
        problems.append(_unknown(raw, _kind(values, names.family_prefix(raw.name), kind)))
    return kind


def build(
    values: Values,
    kind: str,
    wanted: Collection[Family],
    need_broker: bool,
    problems: list[str],
    warnings: list[str],
) -> Mapping[Family, Route]:
    """The routes of the families `wanted`; none where no broker is needed or given. Problems are appended."""
    made: dict[Family, Route] = {}
    for family in wanted:
        kind_here = _kind(values, families.PREFIXES[family], kind)
        if kind_here is None:
            continue
        own = families.of_family(values, family, kind_here, kind)
        wrong: list[str] = []
        doubts: list[str] = []
        route = _build(own, kind_here, families.suffix(values, family), need_broker, wrong, doubts)
        if route is not None:
            made[family] = route
            families.check_topic(values, family, kind_here, wrong)
        problems.extend(families.renamed(wrong, family, problems))
        warnings.extend(w for w in families.renamed(doubts, family, warnings) if w not in warnings)
    return made


def _kind(values: Values, prefix: str, default: str | None) -> str | None:
    name = prefix + "SS_TYPE"
    return values.get(name, str) if values.was_named(name) else default


def _build(
    values: Values, kind: str, suffix: str, need_broker: bool, problems: list[str], warnings: list[str]
) -> Route | None:
    for given in values.given.values():
        if given.setting.types and kind not in given.setting.types:
            problems.append(clash(given.raw, f"is no setting for {kind} but for {given.setting.types[0]}"))
    if not need_broker and not values.was_named("SS_BROKERS") and not values.was_named("SS_TOPIC"):
        return None
    consistency = values.get("SS_CONSISTENCY", str) or "AT_LEAST_ONCE"
    connection = _check(values, kind, consistency, problems, warnings)
    if need_broker:
        problems.extend(_missing(values, kind))
    return _route(values, kind, consistency, connection, suffix)


def _check(
    values: Values, kind: str, consistency: str, problems: list[str], warnings: list[str]
) -> Mapping[str, object] | None:
    crypto_rules.check(values, problems, warnings)
    algorithm = "SS_COMPRESSION__ALGORITHM"
    lz4 = installed.lacking_for("compression", "lz4") if values.get(algorithm, str) == "lz4" else None
    if lz4:
        problems.append(clash(values.raw(algorithm), *lz4))
    connection = tls(values, kind, problems, warnings) if kind != "s3" else None
    if kind == "mqtt":
        mqtt_rules.check(values, consistency, connection is not None, problems, warnings)
        return connection
    kafka_rules.check_topic(values, problems)
    if kind == "s3":
        s3_rules.check(values, consistency, problems, warnings)
    else:
        client = installed.kafka_client(values.get("KAFKA_CLIENT", str))
        kafka_rules.check(values, consistency, connection is not None, client, problems, warnings)
    return connection


def _missing(values: Values, kind: str) -> Iterable[str]:
    if kind != "s3" and not values.was_named("SS_BROKERS"):
        many = "host[:port]" if kind == "mqtt" else table.BY_NAME["SS_BROKERS"].kind.expects
        yield missing("SS_BROKERS", f"it is required for {kind}", many)
    if not values.was_named("SS_TOPIC"):
        yield missing("SS_TOPIC", "it is required", "the topic that the pictures go to")


def _unknown(raw: Raw, kind: str | None) -> str:
    where = f"{raw.name} ({raw.place})"
    prefix = names.family_prefix(raw.name)
    name = raw.name.removeprefix(prefix)
    if name.startswith("CONTROL_SS_"):
        return problem(where, "is for commands, which are not available in this version", "no such line")
    if not name.startswith("SS_"):
        return _unknown_camera_name(where, name)
    key = sinetstream_options.canonical(name).removeprefix("SS_").lower()
    if kind == "kafka" and key in OBJECTS:
        return problem(where, "takes a Python object, which no variable can hold", "no such line")
    if key in REPLACED:
        return problem(where, "is SINETStream's to set", "", REPLACED[key])
    wrong = f"is no setting for {kind}" if kind else "is no setting"
    meant = nearest(name, [known for known in _known(kind) if known.startswith("SS_") or not prefix])
    return problem(where, wrong, "", prefix + meant if meant else None)


def _unknown_camera_name(where: str, name: str) -> str:
    if f"{name}__*" in table.BY_NAME:
        return problem(
            where, "is no setting", f"a line for each tag, as {picamera_properties.TAG_EXAMPLE}=..."
        )
    others = libcamera_controls.other_names(name, table.BY_NAME)
    if others:
        return problem(where, "is no setting", " or ".join(others))
    beginning = name.rpartition("_")[0] + "_"
    alike = [known for known in _known(None) if known.startswith(beginning)]
    if 1 < len(alike) <= _FEW and len(beginning) > len("PICAMERA2_"):
        return problem(where, "is no setting", "one of " + ", ".join(alike), nearest(name, alike, 0.9))
    return problem(where, "is no setting", "", nearest(name, _known(None)))


def _known(kind: str | None) -> list[str]:
    """Names that may be suggested: not those of another type of broker."""
    return [
        s.name
        for s in table.TABLE
        if not s.name.endswith("*") and (not kind or not s.types or kind in s.types)
    ]


def _route(
    values: Values, kind: str, consistency: str, connection: Mapping[str, object] | None, suffix: str
) -> Route:
    parts: dict[str, dict[str, object]] = {"common": {}, "type_spec": {}, "reader": {}}
    encrypted = values.get("SS_DATA_ENCRYPTION", bool)
    skipped = () if encrypted else crypto_rules.names(values)
    for name, given in values.given.items():
        part = given.setting.part
        if name in LIBRDKAFKA_ONLY:
            parts[part][LIBRDKAFKA_ONLY[name]] = given.value
        elif part and name not in (*_ELSEWHERE, *skipped) and not name.startswith("SS_TLS__"):
            _put(parts[part], sinetstream_options.path(name), given.value)
    common, type_spec = parts["common"], parts["type_spec"]
    if connection is not None:
        extra = mqtt_rules.tls_type_spec(connection) if kind == "mqtt" else {}
        type_spec.update(extra)
        if not extra:
            common["tls"] = dict(connection) or True
    addresses = values.get("SS_BROKERS", tuple)
    if addresses and kind != "s3":
        common["brokers"] = _brokers(values, kind, addresses, connection is not None)
    will = type_spec.get("will")
    if isinstance(will, dict):
        type_spec["will"] = mqtt_rules.finished_will(will)
    return Route(
        kind,
        (values.get("SS_TOPIC", str) or "") + suffix,
        consistency,
        MappingProxyType(common),
        MappingProxyType(type_spec),
        MappingProxyType(parts["reader"]),
    )


def _brokers(values: Values, kind: str, addresses: tuple[Address, ...], has_tls: bool) -> object:
    if kind == "mqtt":
        return mqtt_rules.address(addresses[0], values.get("SS_TRANSPORT", str), has_tls)
    return [address.text(kafka_rules.PORT) for address in addresses]


def _put(tree: dict[str, object], keys: tuple[str, ...], value: object) -> None:
    """Set the value under nested keys. A leaf where a branch must grow has been refused before."""
    for key in keys[:-1]:
        branch = tree.setdefault(key, {})
        if not isinstance(branch, dict):
            return
        tree = branch
    tree.setdefault(keys[-1], value)
