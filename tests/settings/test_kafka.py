"""Section B of what can be wrong: SS_* for Kafka, and the keys that every type of broker shares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ss_camera.media import Family
from ss_camera.settings.broker_addresses import parse as parse_brokers
from ss_camera.settings.declare import Bad
from tests.settings.loading import ENCRYPTION, LOGIN, loaded, problem, problems


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            {"SS_BROKERS": None},
            "SS_BROKERS (not set): it is required for kafka; expected host[:port]",
            id="17",
        ),
        pytest.param({"SS_BROKERS": ""}, "SS_BROKERS (environment): is empty; expected host[:port]", id="19"),
        pytest.param({"SS_BROKERS": "12345"}, '"12345" is not host[:port]', id="20"),
        pytest.param(
            {"SS_BROKERS": "kafka:9o92"}, '"9o92" is not a port; expected a port from 1 to 65535', id="21"
        ),
        pytest.param(
            {"SS_BROKERS": "http://x:9092"}, "expected no URL: write host:port; did you mean x:9092?", id="22"
        ),
        pytest.param({"SS_BROKERS": "h:0"}, '"0" is not a port', id="23-0"),
        pytest.param({"SS_BROKERS": "h:70000"}, '"70000" is not a port', id="23-70000"),
        pytest.param({"SS_BROKERS": "h:"}, '"h:" has no port after the colon', id="23-no-port"),
        pytest.param({"SS_BROKERS": ":9092"}, '":9092" has no host before the colon', id="23-no-host"),
        pytest.param({"SS_BROKERS": "h:1,,h:2"}, "has nothing as its entry 2", id="23-gap"),
        pytest.param({"SS_BROKERS": "h:1,"}, "has nothing as its entry 2", id="23-end"),
        pytest.param({"SS_BROKERS": "::1"}, "an IPv6 address in brackets: [::1]:9092", id="ipv6"),
        pytest.param({"SS_BROKERS": "[::g]:1"}, "is not an IPv6 address in brackets", id="ipv6-bad"),
        pytest.param({"SS_BROKERS": "1.2.3:1"}, '"1.2.3:1" is not host[:port]', id="ipv4-bad"),
        pytest.param({"SS_BROKERS": "u:geheim@h:1"}, "has a user or password in it", id="login"),
        pytest.param({"SS_TOPIC": None}, "SS_TOPIC (not set): it is required", id="24"),
        pytest.param(
            {"SS_TOPIC": "a b/\u00fc"}, "is no topic name; expected 1 to 249 of the characters", id="26"
        ),
        pytest.param({"SS_TOPIC": "x" * 250}, "is no topic name", id="26-long"),
        pytest.param({"SS_TOPIC": ".."}, "is no topic name", id="26-dots"),
        pytest.param({"SS_TYPE": "kafak"}, "expected one of kafka, mqtt, s3; did you mean kafka?", id="27"),
        pytest.param(
            {"SS_CONSISTENCY": "EXACTLY_ONCE"},
            "is not available for kafka: SINETStream itself cannot do it",
            id="30",
        ),
        pytest.param({"SS_CONSISTENCY": "ONCE"}, "one of AT_MOST_ONCE, AT_LEAST_ONCE, EXACTLY_ONCE", id="29"),
        pytest.param(
            {"SS_ACKS": "0"},
            "0 waits for no confirmation, and SS_CONSISTENCY is AT_LEAST_ONCE; expected all",
            id="32",
        ),
        pytest.param({"SS_ACKS": "2"}, "expected 0, 1 or all", id="33"),
        pytest.param({"SS_FOO": "1"}, "SS_FOO (environment): is no setting for kafka", id="34"),
        pytest.param({"SS_ACK": "1"}, "did you mean SS_ACKS?", id="34-near"),
        pytest.param({"SS_QOS": "1"}, "is no setting for kafka but for mqtt", id="34-mqtt"),
        pytest.param({"SS_PARTITIONER": "x"}, "takes a Python object", id="34-object"),
        pytest.param({"SS_BOOTSTRAP_SERVERS": "h:1"}, "did you mean SS_BROKERS?", id="34-servers"),
        pytest.param(
            {"SS_ENABLE_IDEMPOTENCE": "true", "KAFKA_CLIENT": "kafka-python"},
            "is not supported by the installed client kafka-python-ng",
            id="35",
        ),
        pytest.param(
            {"SS_SOCK_CHUNK_BYTES": "1", "KAFKA_CLIENT": "librdkafka"},
            "is not supported by the client librdkafka",
            id="35-librdkafka",
        ),
        pytest.param({"SS_ENABLE_IDEMPOTENCE": "1", "SS_ACKS": "1"}, "needs all", id="35-acks"),
        pytest.param(
            {"SS_DATA_ENCRYPTION": "true"},
            "needs SS_CRYPTO__ALGORITHM, SS_CRYPTO__MODE, SS_CRYPTO__PASSWORD (or SS_CRYPTO__KEY)",
            id="43",
        ),
        pytest.param(
            {**ENCRYPTION, "SS_CRYPTO__MODE": "ECB"}, "one of CBC, CFB, OFB, CTR, OPENPGP, EAX, GCM", id="44"
        ),
        pytest.param({**ENCRYPTION, "SS_CRYPTO__KEY_LENGTH": "100"}, "one of 128, 192, 256", id="44-length"),
        pytest.param(
            {**ENCRYPTION, "SS_CRYPTO__MODE": "CBC"},
            "CBC needs padding; expected SS_CRYPTO__PADDING=pkcs7",
            id="44-cbc",
        ),
        pytest.param(
            {**ENCRYPTION, "SS_CRYPTO__KEY": "AAAAAAAAAAAAAAAAAAAAAA=="},
            "is set beside SS_CRYPTO__PASSWORD; expected one password or key",
            id="44-both",
        ),
        pytest.param(
            {**ENCRYPTION, "SS_CRYPTO__PASSWORD": None, "SS_CRYPTO__KEY": "AAAA"},
            "has 24 bits, and SS_CRYPTO__KEY_LENGTH says 128",
            id="44-key",
        ),
        pytest.param({"SS_CRYPTO__KEY": "!"}, "<redacted, 1 chars> is not base64", id="44-base64"),
        pytest.param(
            {**LOGIN, "SS_SASL_PLAIN_PASSWORD": None},
            "SS_SASL_PLAIN_USERNAME (environment): has no SS_SASL_PLAIN_PASSWORD beside it",
            id="47",
        ),
        pytest.param(
            {**LOGIN, "SS_SECURITY_PROTOCOL": None},
            "SS_SASL_MECHANISM (environment): has no effect without SS_SECURITY_PROTOCOL",
            id="47-protocol",
        ),
        pytest.param(
            {**LOGIN, "SS_SASL_MECHANISM": None},
            "SASL_SSL has no SS_SASL_MECHANISM beside it",
            id="47-mechanism",
        ),
        pytest.param(
            {"SS_SECURITY_PROTOCOL": "SASL_SSL", "SS_SASL_MECHANISM": "PLAIN"},
            "PLAIN has no SS_SASL_PLAIN_USERNAME and SS_SASL_PLAIN_PASSWORD",
            id="47-neither",
        ),
        pytest.param(
            {**LOGIN, "SS_SASL_MECHANISM": "SCRAM-SHA-1"},
            "one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512, GSSAPI",
            id="48",
        ),
        pytest.param({**LOGIN, "SS_SASL_MECHANISM": "OAUTHBEARER"}, "needs a token provider", id="48-oauth"),
        pytest.param({"SS_REQUEST_TIMEOUT_MS": "5s"}, "expected whole milliseconds from 1", id="50"),
        pytest.param({"SS_REQUEST_TIMEOUT_MS": "-1"}, "expected whole milliseconds from 1", id="50-negative"),
        pytest.param({"SS_MAX_REQUEST_SIZE": "8M"}, "is not a whole number; expected bytes", id="size"),
        pytest.param({"SS_API_VERSION": "\u0662.\u0666"}, "a version such as 2.6.0", id="version-digits"),
        pytest.param({"SS_API_VERSION": "new"}, "a version such as 2.6.0", id="version"),
    ],
)
def test_what_kafka_cannot_take_is_told(given: dict[str, str | None], expected: str) -> None:
    """One line for one mistake."""
    assert expected in problem(given)


def test_a_misspelt_name_of_the_brokers_is_told_with_what_is_missing() -> None:
    """Both lines: the name that is none, and the one that is missing for it."""
    lines = problems(SS_BROKERS=None, SS_BROKER="h:1")
    assert "SS_BROKER (environment): is no setting for kafka; did you mean SS_BROKERS?" in lines[0]
    assert "SS_BROKERS (not set)" in lines[1]


@given(st.text(st.sampled_from("ab1.:,[]-/@ \u0663"), max_size=20))
def test_any_text_is_either_brokers_or_told(text: str) -> None:
    """Nothing but `Bad` comes out of the parser, and what is taken can be read again."""
    try:
        addresses = parse_brokers(text)
    except Bad:
        return
    assert parse_brokers(",".join(address.text(9092) for address in addresses))


@pytest.mark.parametrize(
    ("brokers", "mechanism", "expected"),
    [
        pytest.param("kafka:9092", "PLAIN", "the password crosses the network in clear", id="49"),
        pytest.param("kafka:9092", "SCRAM-SHA-256", "everything but the password crosses", id="49-scram"),
        pytest.param("localhost,127.0.0.1:1,[::1]", "PLAIN", None, id="49-loopback"),
    ],
)
def test_a_login_without_tls_is_warned_of(brokers: str, mechanism: str, expected: str | None) -> None:
    """But not on this machine."""
    warnings = loaded(
        LOGIN, SS_SECURITY_PROTOCOL="SASL_PLAINTEXT", SS_BROKERS=brokers, SS_SASL_MECHANISM=mechanism
    ).warnings
    assert (expected is None) == (warnings == ())
    assert expected is None or expected in warnings[0]


def test_a_login_over_tls_is_taken_without_a_word() -> None:
    """The right way has no warning."""
    settings = loaded(LOGIN, SS_TLS="true")
    assert settings.warnings == ()
    assert settings.publish.routes[Family.STILL].type_spec["security_protocol"] == "SASL_SSL"


def test_a_short_password_is_warned_of() -> None:
    """It is taken all the same."""
    assert loaded(ENCRYPTION, SS_CRYPTO__PASSWORD="abc").warnings == (
        "SS_CRYPTO__PASSWORD has only 3 characters; take 8 at least",
    )


def test_a_cipher_without_encryption_is_warned_of_and_left_out() -> None:
    """Nobody believes pictures encrypted that are not."""
    settings = loaded(ENCRYPTION, SS_DATA_ENCRYPTION="false")
    assert "crypto" not in settings.publish.routes[Family.STILL].common
    assert settings.warnings == ("SS_CRYPTO__ALGORITHM has no effect: SS_DATA_ENCRYPTION is not true",)
