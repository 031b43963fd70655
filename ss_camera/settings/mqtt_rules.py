"""What holds between the settings of an MQTT broker: contradictions and risks out, and its address."""

from __future__ import annotations

from collections.abc import Mapping

from ss_camera.settings import installed
from ss_camera.settings.broker_addresses import Address
from ss_camera.settings.declare import clash
from ss_camera.settings.mqtt_options import VERSION_5_ONLY
from ss_camera.settings.sinetstream_options import MQTT_TOPIC
from ss_camera.settings.tls_rules import COMMON_KEYS, unchecked
from ss_camera.settings.values import Values

_QOS = {"AT_MOST_ONCE": 0, "AT_LEAST_ONCE": 1, "EXACTLY_ONCE": 2}


def check(values: Values, consistency: str, has_tls: bool, problems: list[str], warnings: list[str]) -> None:
    """Append what does not fit together."""
    lacking = installed.lacking_for("mqtt")
    if lacking:
        problems.append(clash(values.raw("SS_TYPE"), *lacking))
    _broker(values, problems)
    values.narrow("SS_TOPIC", MQTT_TOPIC, problems)
    qos = values.get("SS_QOS", int)
    if qos is not None and qos < _QOS[consistency]:
        wrong = f"{qos} is less than SS_CONSISTENCY={consistency} needs"
        problems.append(clash(values.raw("SS_QOS"), wrong, f"{_QOS[consistency]}, or another SS_CONSISTENCY"))
    _together(values, "SS_USERNAME_PW__PASSWORD", "SS_USERNAME_PW__USERNAME", problems)
    _together(values, "SS_WILL__TOPIC", "SS_WILL__PAYLOAD", problems)
    _together(values, "SS_WILL__PAYLOAD", "SS_WILL__TOPIC", problems)
    will = installed.lacking_for("mqtt", "will")
    if will and "SS_WILL__TOPIC" in values:
        problems.append(clash(values.raw("SS_WILL__TOPIC"), *will))
    _version(values, problems)
    _trust(values, has_tls, problems, warnings)


def _broker(values: Values, problems: list[str]) -> None:
    addresses = values.get("SS_BROKERS", tuple) or ()
    if len(addresses) > 1:
        wrong = f"has {len(addresses)} brokers, and mqtt takes one"
        problems.append(clash(values.raw("SS_BROKERS"), wrong, "one host[:port]"))
    elif addresses and ":" in addresses[0].host:
        wrong = "is an IPv6 address, which SINETStream's mqtt plugin cannot take"
        problems.append(clash(values.raw("SS_BROKERS"), wrong, "the broker's name"))


def _together(values: Values, one: str, other: str, problems: list[str]) -> None:
    if one in values and not values.was_named(other):
        problems.append(clash(values.raw(one), f"has no {other} beside it", "both"))


def _version(values: Values, problems: list[str]) -> None:
    if values.was_named("SS_PROTOCOL") and "SS_PROTOCOL" not in values:
        return
    if values.get("SS_PROTOCOL", str) == "MQTTv5":
        if "SS_CLEAN_SESSION" in values:
            problems.append(
                clash(values.raw("SS_CLEAN_SESSION"), "does not exist in MQTTv5", "SS_CLEAN_START")
            )
        return
    for name in values.given:
        if name in VERSION_5_ONLY or name.startswith("SS_USER_PROPERTY__"):
            problems.append(clash(values.raw(name), "exists in MQTTv5 only", "SS_PROTOCOL=MQTTv5 as well"))


def _trust(values: Values, has_tls: bool, problems: list[str], warnings: list[str]) -> None:
    check_name = values.get("SS_TLS__CHECK_HOSTNAME", bool)
    insecure = values.get("SS_TLS_INSECURE__VALUE", bool)
    if insecure is not None and not has_tls:
        problems.append(
            clash(values.raw("SS_TLS_INSECURE__VALUE"), "has no effect without TLS", "SS_TLS=true as well")
        )
    if insecure and check_name:
        problems.append(
            clash(
                values.raw("SS_TLS_INSECURE__VALUE"), "is true, and SS_TLS__CHECK_HOSTNAME too", "one of them"
            )
        )
    elif insecure:
        warnings.append(unchecked("SS_TLS_INSECURE__VALUE", "the broker's name in its certificate"))
    if values.get("SS_TLS__CERT_REQS", str) in ("CERT_NONE", "CERT_OPTIONAL"):
        warnings.append(unchecked("SS_TLS__CERT_REQS", "the broker's certificate"))
    addresses = values.get("SS_BROKERS", tuple) or ()
    if "SS_USERNAME_PW__PASSWORD" in values and not has_tls and not all(a.is_loopback() for a in addresses):
        warnings.append("SS_USERNAME_PW__PASSWORD crosses the network in clear without SS_TLS=true")


def address(broker: Address, transport: str | None, has_tls: bool) -> str:
    """`host:port`; the plugin itself would take port 1883 for TLS as well."""
    ports = (80, 443) if transport == "websockets" else (1883, 8883)
    return broker.text(ports[has_tls])


def tls_type_spec(tls: Mapping[str, object]) -> dict[str, object]:
    """paho's own keys for a `tls` that has more than SINETStream's common ones.

    The plugin replaces `type_spec.tls` by the common `tls`, so with such keys all have to stand here.
    """
    if not set(tls) - set(COMMON_KEYS):
        return {}
    spec: dict[str, object] = {"tls": {key: value for key, value in tls.items() if key != "check_hostname"}}
    if "check_hostname" in tls:
        spec["tls_insecure"] = {"value": not tls["check_hostname"]}
    return spec


def finished_will(will: dict[str, object]) -> dict[str, object]:
    """The will as SINETStream's encoder takes it: bytes, unless it is told that it is text."""
    payload = will.get("payload")
    if isinstance(payload, str) and will.get("value_type") != "text":
        return {**will, "payload": payload.encode()}
    return will
