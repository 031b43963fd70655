"""The route that SS_* make: each key in its place and of its type."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ss_camera.media import Family
from ss_camera.settings import load
from ss_camera.settings.model import Route
from tests.settings.loading import ENCRYPTION, LOGIN, loaded, problem


def route(given: Mapping[str, str | None] | None = None, **more: str | None) -> Route:
    return loaded(given, **more).publish.routes[Family.STILL]


@pytest.mark.parametrize(
    ("text", "brokers"),
    [
        ("kafka.example.org", ["kafka.example.org:9092"]),
        ("kafka1:9092,kafka2:19092", ["kafka1:9092", "kafka2:19092"]),
        (" h:1 , h:2 ", ["h:1", "h:2"]),
        ("[::1]:9092,[fe80::1]", ["[::1]:9092", "[fe80::1]:9092"]),
        ("192.168.2.100:9092", ["192.168.2.100:9092"]),
        ("my_broker-1.local.", ["my_broker-1.local.:9092"]),
    ],
)
def test_brokers_are_a_list_with_ports(text: str, brokers: list[str]) -> None:
    """Kafka's port where none is written."""
    assert route(SS_BROKERS=text).common["brokers"] == brokers


@pytest.mark.parametrize("topic", ["1.0", "1.10", "007", "true", "a_b-c.d", "null", "1_000"])
def test_a_topic_is_text(topic: str) -> None:
    """Nothing is read as a number."""
    assert route(SS_TOPIC=topic).topic == topic


@pytest.mark.parametrize("text", ["at_least_once", "At_Most_Once"])
def test_consistency_is_taken_in_any_case(text: str) -> None:
    """It goes on in capitals, as SINETStream has it."""
    assert route(SS_CONSISTENCY=text).consistency == text.upper()


def test_unset_consistency_is_at_least_once() -> None:
    """SINETStream's own default loses what a dead broker misses."""
    assert route().consistency == "AT_LEAST_ONCE"
    assert route().type == "kafka"


def test_no_acknowledgement_goes_with_at_most_once() -> None:
    """Beside AT_LEAST_ONCE it is a contradiction."""
    assert route(SS_ACKS="0", SS_CONSISTENCY="AT_MOST_ONCE").type_spec == {"acks": 0}


@pytest.mark.parametrize("name", ["SS_DATA_ENCRYPTION", "SS_DATA_COMPRESSION"])
def test_off_is_off(name: str) -> None:
    """A word is never true for not being empty."""
    assert route({name: "false"}).common[name.removeprefix("SS_").lower()] is False


@pytest.mark.parametrize("password", ["12345", "007", "1_000", "12.50", "no", "null", "1e3", "pa$$#x", " x "])
def test_a_password_is_text(password: str) -> None:
    """As it is written, to the letter."""
    spec = route(LOGIN, SS_SASL_PLAIN_PASSWORD=password).type_spec
    assert spec["sasl_plain_password"] == password


def test_keys_nest_and_have_their_types() -> None:
    """`__` goes one level down; a key is bytes, lengths are numbers, words have their own case."""
    common = route(
        ENCRYPTION,
        SS_CRYPTO__MODE="cbc",
        SS_CRYPTO__PADDING="PKCS7",
        SS_CRYPTO__KEY="AAAAAAAAAAAAAAAAAAAAAA==",
        SS_CRYPTO__PASSWORD=None,
        SS_CRYPTO__KEY_DERIVATION__ITERATION="20000",
        SS_DATA_COMPRESSION="yes",
        SS_COMPRESSION__ALGORITHM="zstd",
        SS_COMPRESSION__LEVEL="3",
        SS_MESSAGE_FORMAT="2",
        SS_CLIENT_ID="cam-1",
    ).common
    assert common["crypto"] == {
        "algorithm": "AES",
        "mode": "CBC",
        "padding": "pkcs7",
        "key": bytes(16),
        "key_derivation": {"iteration": 20000},
    }
    assert common["compression"] == {"algorithm": "zstd", "level": 3}
    assert (common["data_compression"], common["message_format"], common["client_id"]) == (True, 2, "cam-1")


def test_options_of_the_type_stand_apart_and_typed() -> None:
    """In SINETStream's version 3 `acks` at top level is silently ignored."""
    made = route(
        SS_ACKS="ALL", SS_MAX_REQUEST_SIZE="8388620", SS_API_VERSION="(2,6)", SS_COMPRESSION_TYPE="none"
    )
    assert made.type_spec == {
        "acks": "all",
        "max_request_size": 8388620,
        "api_version": (2, 6),
        "compression_type": None,
    }
    assert set(made.common) == {"brokers"}


def test_what_only_a_reader_knows_is_kept_from_the_writer() -> None:
    """kafka-python's producer refuses a consumer's options; a viewer shares the file."""
    made = route(SS_GROUP_ID="viewers", SS_AUTO_OFFSET_RESET="latest", SS_LINGER_MS="5")
    assert made.type_spec == {"linger_ms": 5}
    assert made.reader_spec == {"group_id": "viewers", "auto_offset_reset": "latest"}


def test_idempotence_is_librdkafkas() -> None:
    """With the client that has it, under its own name."""
    made = route(SS_ENABLE_IDEMPOTENCE="false", SS_DELIVERY_TIMEOUT_MS="5000", KAFKA_CLIENT="librdkafka")
    assert made.type_spec == {"enable.idempotence": False, "delivery.timeout.ms": 5000}


def test_the_longer_spelling_of_an_option_is_the_same() -> None:
    """`SS_TYPE_SPEC__ACKS` as in the configuration file; both at once are one too many."""
    assert route(SS_TYPE_SPEC__ACKS="1").type_spec == {"acks": 1}
    line = problem(SS_TYPE_SPEC__ACKS="1", SS_ACKS="1")
    assert "is the same setting as SS_" in line


def test_without_need_of_a_broker_none_is_asked_for() -> None:
    """For commands that only look at the camera."""
    assert not load(None, need_broker=False, environ={}, secrets_dirs=()).publish.routes
    assert load(
        None, need_broker=False, environ={"SS_BROKERS": "h", "SS_TOPIC": "t"}, secrets_dirs=()
    ).publish.routes


def test_the_settings_of_old_files_that_change_nothing_are_taken() -> None:
    """The sample sent bytes whatever the file said."""
    made = route(SS_VALUE_TYPE="image", SS_RECEIVE_TIMEOUT_MS="1000")
    assert set(made.common) == {"brokers"}
    assert not made.type_spec
