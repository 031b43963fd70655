"""What holds between the settings of a Kafka broker: contradictions and risks out, nothing changed."""

from __future__ import annotations

from ss_camera.settings import installed
from ss_camera.settings.broker_addresses import Address
from ss_camera.settings.declare import clash, missing
from ss_camera.settings.kafka_options import KAFKA_PYTHON_ONLY, LIBRDKAFKA_ONLY
from ss_camera.settings.sinetstream_options import TOPIC
from ss_camera.settings.tls_rules import ssl_files, unchecked
from ss_camera.settings.values import Values

PORT = 9092
_SASL = ("SASL_PLAINTEXT", "SASL_SSL")
_EXACTLY_ONCE = (
    "is not available for kafka: SINETStream itself cannot do it and falls back silently; AT_LEAST_ONCE "
    "delivers every picture, and the number in each lets a reader drop repeats"
)


def check(
    values: Values, consistency: str, has_tls: bool, client: str, problems: list[str], warnings: list[str]
) -> None:
    """Append what does not fit together. `client` is librdkafka or kafka-python."""
    if consistency == "EXACTLY_ONCE":
        problems.append(clash(values.raw("SS_CONSISTENCY"), _EXACTLY_ONCE, "AT_LEAST_ONCE or AT_MOST_ONCE"))
    _acknowledgements(values, consistency, problems)
    _login(values, has_tls, problems)
    _transport(values, has_tls, problems, warnings)
    _client(values, client, problems)


def _acknowledgements(values: Values, consistency: str, problems: list[str]) -> None:
    acks = values.get("SS_ACKS", object)
    if consistency == "AT_LEAST_ONCE" and acks == 0:
        wrong = "0 waits for no confirmation, and SS_CONSISTENCY is AT_LEAST_ONCE"
        problems.append(
            clash(values.raw("SS_ACKS"), wrong, "all (or leave it out), or SS_CONSISTENCY=AT_MOST_ONCE")
        )
    elif values.get("SS_ENABLE_IDEMPOTENCE", bool) and acks in (0, 1):
        wrong = f"is {acks}, and SS_ENABLE_IDEMPOTENCE=true needs all"
        problems.append(clash(values.raw("SS_ACKS"), wrong, "all, or leave it out"))


def _login(values: Values, has_tls: bool, problems: list[str]) -> None:
    protocol = values.get("SS_SECURITY_PROTOCOL", str)
    user, password = "SS_SASL_PLAIN_USERNAME", "SS_SASL_PLAIN_PASSWORD"
    for one, other in ((user, password), (password, user)):
        if one in values and not values.was_named(other):
            problems.append(clash(values.raw(one), f"has no {other} beside it", "both or neither"))
    if values.was_named("SS_SECURITY_PROTOCOL") and protocol is None:
        return
    mechanism = values.get("SS_SASL_MECHANISM", str)
    if protocol in _SASL and not values.was_named("SS_SASL_MECHANISM"):
        problems.append(
            clash(
                values.raw("SS_SECURITY_PROTOCOL"), f"{protocol} has no SS_SASL_MECHANISM beside it", "both"
            )
        )
    if protocol not in _SASL:
        wanted = "SASL_SSL" if has_tls else "SASL_SSL (or SASL_PLAINTEXT)"
        for name in ("SS_SASL_MECHANISM", user, password):
            if name in values:
                expected = f"SS_SECURITY_PROTOCOL={wanted} as well"
                problems.append(
                    clash(values.raw(name), "has no effect without SS_SECURITY_PROTOCOL", expected)
                )
                return
    if mechanism not in (None, "GSSAPI") and not values.was_named(user) and not values.was_named(password):
        problems.append(
            clash(values.raw("SS_SASL_MECHANISM"), f"{mechanism} has no {user} and {password}", "both")
        )


def _transport(values: Values, has_tls: bool, problems: list[str], warnings: list[str]) -> None:
    protocol = values.get("SS_SECURITY_PROTOCOL", str)
    if has_tls and protocol in ("PLAINTEXT", "SASL_PLAINTEXT"):
        wrong = f"is {protocol}, and SS_TLS or SS_TLS__* is set"
        problems.append(clash(values.raw("SS_SECURITY_PROTOCOL"), wrong, "SSL or SASL_SSL, or no TLS"))
    encrypted = has_tls or protocol in ("SSL", "SASL_SSL")
    names = [name for name in values.given if name.startswith("SS_SSL_")]
    if names and not encrypted:
        expected = "SS_TLS=true or SS_SECURITY_PROTOCOL=SSL as well"
        problems.append(clash(values.raw(names[0]), "has no effect on a connection without TLS", expected))
    ssl_files(values, problems)
    if values.get("SS_SSL_CHECK_HOSTNAME", bool) is False and not has_tls:
        warnings.append(unchecked("SS_SSL_CHECK_HOSTNAME", "the broker's name in its certificate"))
    if protocol == "SASL_PLAINTEXT" and not has_tls and _leaves_this_machine(values):
        plain = values.get("SS_SASL_MECHANISM", str) == "PLAIN"
        what = "the password" if plain else "everything but the password"
        warnings.append(
            f"SS_SECURITY_PROTOCOL is SASL_PLAINTEXT: {what} crosses the network in clear; use SASL_SSL"
        )


def _leaves_this_machine(values: Values) -> bool:
    addresses = values.get("SS_BROKERS", tuple) or ()
    return any(isinstance(a, Address) and not a.is_loopback() for a in addresses)


def _client(values: Values, client: str, problems: list[str]) -> None:
    lacking = installed.lacking_for("kafka", client)
    if lacking:
        name = "KAFKA_CLIENT" if "KAFKA_CLIENT" in values else "SS_TYPE"
        where = clash(values.raw(name), *lacking) if name in values else missing(name, *lacking)
        problems.append(where)
    for name in values.given:
        if client == "kafka-python" and name in LIBRDKAFKA_ONLY:
            wrong = "is not supported by the installed client kafka-python-ng"
            expected = "no such line, or the client librdkafka (pip install confluent-kafka)"
            problems.append(clash(values.raw(name), wrong, expected))
        elif client == "librdkafka" and name in KAFKA_PYTHON_ONLY:
            wrong = "is not supported by the client librdkafka"
            problems.append(clash(values.raw(name), wrong, "no such line, or KAFKA_CLIENT=kafka-python"))


def check_topic(values: Values, problems: list[str]) -> None:
    """Append what is wrong with the topic's name, by the rules of Kafka (they are S3's too)."""
    values.narrow("SS_TOPIC", TOPIC, problems)
