"""Every option that kafka-python documents is translated, and taken by librdkafka, or refused by its name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer
from hypothesis import given
from hypothesis import strategies as st
from kafka import KafkaConsumer, KafkaProducer
from kafka.coordinator.assignors.range import RangePartitionAssignor
from sinetstream import AT_LEAST_ONCE, AT_MOST_ONCE, InvalidArgumentError
from sinetstream.configs import make_confver

from sinetstreamplugin.rdkafka import RdkafkaReader, RdkafkaWriter
from sinetstreamplugin.rdkafka_client import make_client
from sinetstreamplugin.rdkafka_options import OPTIONS, Kind, Option, Side, find
from sinetstreamplugin.rdkafka_translation import translate
from ss_camera.settings.kafka_options import KAFKA_PYTHON_ONLY

# a value for each option, other than kafka-python's default, as a user may write it in YAML or a variable
VALUES: dict[str, Any] = {
    "bootstrap_servers": ["one:9092", "two:9092"],
    "client_id": "camera",
    "socket_options": [[6, 1, 1], [1, 9, 1]],
    "security_protocol": "SSL",
    "reconnect_backoff_ms": "200",
    "ssl_ciphers": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "sasl_mechanism": "SCRAM-SHA-256",
    "sasl_plain_username": "cam",
    "sasl_plain_password": b"pw",
    "sasl_kerberos_service_name": "kafka",
    "api_version": (0, 9),
    "acks": "1",
    "compression_type": "lz4",
    "partitioner": "murmur2_random",
    "group_id": "viewers",
    "group_instance_id": "one",
    "auto_offset_reset": "earliest",
    "enable_auto_commit": "no",
    "check_crcs": "true",
    "ssl_check_hostname": "off",
    "partition_assignment_strategy": [RangePartitionAssignor],
    "max_poll_interval_ms": 400_000,
    "connections_max_idle_ms": "540000",
    "end_at_failure": "true",
}
DOCUMENTED = re.compile(r"^ {8}(\w+)(?: \([^)]*\))?:(?!//)", re.MULTILINE)


def documented(client: type[Any]) -> list[str]:
    return DOCUMENTED.findall(client.__doc__ or "")


def value_of(option: Option, tmp_path: Any) -> Any:
    if option.name in ("ssl_cafile", "ssl_certfile", "ssl_keyfile", "ssl_crlfile"):
        return None  # read by librdkafka at once: tested with real files in test_rdkafka_security.py
    if option.kind in (Kind.INTEGER, Kind.KILOBYTES):
        return VALUES.get(option.name, "20000")
    return VALUES.get(option.name, "text")


@pytest.mark.parametrize(("side", "client"), [(Side.WRITER, KafkaProducer), (Side.READER, KafkaConsumer)])
def test_the_table_has_all_documented_options(side: Side, client: type[Any]) -> None:
    """No name of kafka-python's documentation is missing."""
    names = documented(client)
    assert len(names) > 40
    for name in names:
        option = find(name, side)
        assert option is not None, name
        assert option.side in (side, Side.BOTH), name


@pytest.mark.parametrize(
    ("option", "side"),
    [
        pytest.param(option, side, id=f"{option.name}-{side.value}")
        for side in (Side.WRITER, Side.READER)
        for option in OPTIONS
        if option.side in (side, Side.BOTH)
    ],
)
def test_each_option_is_translated_or_refused(option: Option, side: Side, tmp_path: Any) -> None:
    """What is translated is taken by a real Producer or Consumer; what is refused is named with a way out."""
    options = {option.name: value_of(option, tmp_path)}
    if option.kind is Kind.REFUSED:
        with pytest.raises(InvalidArgumentError, match=rf"option {option.name} .*: ."):
            translate({option.name: object()}, side)
        return
    conf = translate(options, side).conf
    if side is Side.READER:
        conf.setdefault("group.id", "g")
    make_client(Producer if side is Side.WRITER else Consumer, {**conf, "log_level": 0})
    for name in option.librdkafka:
        if options[option.name] is not None and option.kind is not Kind.VERSION:
            assert name in conf


def test_the_documentation_has_the_same_table() -> None:
    """docs/reference/kafka-plugin.md lists every option with librdkafka's names, or that it is refused."""
    page = (Path(__file__).parents[2] / "docs" / "reference" / "kafka-plugin.md").read_text()
    rows = [
        line.split("|") for line in page.partition("## Options")[2].splitlines() if line.startswith("| `")
    ]
    described = {(row[1].strip(" `"), row[2].strip()): row[3] for row in rows}
    assert set(described) == {(option.name, option.side.value) for option in OPTIONS}
    for option in OPTIONS:
        text = described[option.name, option.side.value]
        assert all(f"`{name}`" in text for name in option.librdkafka)
        assert ("refused: " in text) == (option.kind is Kind.REFUSED)


def test_the_settings_know_what_is_refused() -> None:
    """What the program's own settings keep from librdkafka is refused by the plugin too."""
    for name in KAFKA_PYTHON_ONLY:
        option = find(name.removeprefix("SS_").lower(), Side.READER)
        assert option is not None, name
        assert option.kind is Kind.REFUSED, name


def test_one_section_may_serve_both_sides() -> None:
    """A writer passes over a reader's options, and the other way round."""
    both = {"group_id": "g", "acks": "all", "fetch_min_bytes": 1, "linger_ms": 5}
    assert translate(both, Side.WRITER).conf == {"acks": "all", "linger.ms": 5}
    assert translate(both, Side.READER).conf == {"group.id": "g", "fetch.min.bytes": 1}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"buffer_memory": "67108864"}, {"queue.buffering.max.kbytes": 65536}),
        ({"max_request_size": 8e6}, {"message.max.bytes": 8_000_000}),
        ({"acks": -1}, {"acks": "all"}),
        ({"compression_type": None}, {}),
        ({"request_timeout_ms": 305_000}, {"socket.timeout.ms": 300_000, "request.timeout.ms": 305_000}),
        ({"connection_timeout_ms": 200}, {"socket.connection.setup.timeout.ms": 1000}),
        ({"retry_backoff_ms": 3000}, {"retry.backoff.ms": 3000, "retry.backoff.max.ms": 3000}),
        ({"batch_size": 0}, {"batch.size": 1}),
        ({"api_version": "2.5.0"}, {}),
        (
            {"api_version": [0, 9, 0, 1]},
            {"broker.version.fallback": "0.9.0.1", "api.version.request": "false"},
        ),
        ({"socket_options": [(6, 1, 1)]}, {}),
        ({"client_id": 7, "sasl_plain_password": 1234}, {"client.id": "7", "sasl.password": "1234"}),
        ({"ssl_certfile": "c.pem"}, {"ssl.certificate.location": "c.pem", "ssl.key.location": "c.pem"}),
        ({"ssl_check_hostname": False}, {"ssl.endpoint.identification.algorithm": "none"}),
        ({"linger.ms": 7, "enable.idempotence": True}, {"linger.ms": 7, "enable.idempotence": "true"}),
    ],
)
def test_units_and_types(options: dict[str, Any], expected: dict[str, Any]) -> None:
    """kafka-python's units become librdkafka's; limits that differ are met; librdkafka's own names pass."""
    assert translate(options, Side.WRITER).conf == expected


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"linger_ms": "soon"}, "option linger_ms must be a whole number, not 'soon'"),
        ({"linger_ms": True}, "option linger_ms must be a whole number, not True"),
        ({"acks": 2}, "option acks must be 0, 1 or all, not 2"),
        ({"sasl_plain_password": False}, "option sasl_plain_password must be text: put it in quotes"),
        (
            {"sasl_plain_password": ["pw"]},
            "option sasl_plain_password must be text that is never shown, not this",
        ),
        ({"max_request_sise": 1}, "option max_request_sise is unknown .* did you mean max_request_size"),
        ({"partitioner": lambda *_: 0}, "set message_key"),
        ({"socket_options": [[1, 7, 4096]]}, "send_buffer_bytes"),
        ({"api_version": "latest"}, "option api_version must be a version"),
        ({"ssl_context": object()}, "use ssl_cafile"),
    ],
)
def test_what_is_wrong_is_said_by_name(options: dict[str, Any], sentence: str) -> None:
    """One sentence that names the option and says what is expected; a password is never in it."""
    with pytest.raises(InvalidArgumentError, match=sentence) as caught:
        translate(options, Side.WRITER)
    assert "pw" not in str(caught.value)


scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary())
mappings = st.dictionaries(st.text(), scalars)


@pytest.mark.parametrize("kind", Kind)
@given(data=st.data())
def test_no_value_breaks_the_translation(kind: Kind, data: st.DataObject) -> None:
    """Whatever YAML may hold: a configuration, or SINETStream's own error."""
    option = data.draw(st.sampled_from([option for option in OPTIONS if option.kind is kind]))
    value = data.draw(st.one_of(scalars, st.lists(st.one_of(scalars, st.lists(scalars))), mappings))
    name, side = option.name, Side.READER if option.side is Side.READER else Side.WRITER
    said = ""
    try:
        translate({name: value}, side)
    except InvalidArgumentError as error:
        said = str(error)
    assert not said or name in said


def plugin(cls: type[Any], version: int = 3, **params: Any) -> Any:
    base = {
        "brokers": "b:9092",
        "topic": "t",
        "topics": ["t"],
        "consistency": AT_LEAST_ONCE,
        "client_id": "c",
    }
    return cls(make_confver(version), {"receive_timeout_ms": float("inf"), **base, **params})


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, {"acks": "all", "enable.idempotence": "true", "message.timeout.ms": 30_000}),
        ({"type_spec": {"acks": 1}}, {"acks": "1", "max.in.flight.requests.per.connection": 1}),
        ({"type_spec": {"enable.idempotence": True}}, {"acks": "all", "enable.idempotence": "true"}),
        ({"type_spec": {"retries": 0}}, {"acks": "all", "retries": 0}),
        ({"consistency": AT_MOST_ONCE}, {"acks": 0, "retries": 0}),
        ({"type_spec": {"max_request_size": 50_000_000}}, {"queue.buffering.max.kbytes": 97_656}),
        ({}, {"client.id": "c", "bootstrap.servers": "b:9092", "linger.ms": 0}),
        ({"tls": True}, {"security.protocol": "SSL"}),
        (
            {"tls": {"check_hostname": False, "ciphers": "X"}},
            {"ssl.endpoint.identification.algorithm": "none"},
        ),
        ({"tls": True, "type_spec": {"security_protocol": "SASL_SSL"}}, {"security.protocol": "SASL_SSL"}),
    ],
)
def test_what_a_writer_asks_of_librdkafka(params: dict[str, Any], expected: dict[str, Any]) -> None:
    """Defaults by consistency, the user's options over them; a real Producer takes each."""
    conf = plugin(RdkafkaWriter, **params)._conf
    assert expected.items() <= conf.items()
    if "ssl.cipher.suites" not in conf:
        sasl = {"sasl.mechanism": "PLAIN", "sasl.username": "u", "sasl.password": "p"}
        make_client(Producer, {**conf, **(sasl if conf.get("security.protocol") == "SASL_SSL" else {})})


def test_a_reader_without_a_group_is_nobodys_member() -> None:
    """It commits nothing; and a position that is gone goes on with the oldest message."""
    conf = plugin(RdkafkaReader)._conf
    assert (conf["enable.auto.commit"], conf["auto.offset.reset"]) == ("false", "earliest")
    assert plugin(RdkafkaReader, type_spec={"group_id": "", "group_instance_id": ""})._conf["group.id"] == "c"
    conf = plugin(RdkafkaReader, consistency=AT_MOST_ONCE, type_spec={"group_id": "g"})._conf
    assert (conf["group.id"], conf["auto.commit.interval.ms"], conf["auto.offset.reset"]) == (
        "g",
        101,
        "latest",
    )


@pytest.mark.parametrize("brokers", [None, "", [], 7])
def test_brokers_must_be_given(brokers: Any) -> None:
    """As with SINETStream's own plugin."""
    with pytest.raises(InvalidArgumentError, match="brokers must be given"):
        plugin(RdkafkaWriter, brokers=brokers)


def test_options_outside_of_type_spec_are_pointed_out(caplog: pytest.LogCaptureFixture) -> None:
    """In version 3 SINETStream ignores them silently: a lost acks or password is worth a line."""
    plugin(RdkafkaWriter, acks="all", tls={"keyfilePassword": "x"})
    assert "ignored outside of type_spec: acks" in caplog.text
    assert "unknown parameters in tls are ignored: keyfilePassword" in caplog.text


def test_before_version_3_options_stand_beside_the_rest() -> None:
    """Configuration versions 1 and 2."""
    for version in (1, 2):
        conf = plugin(RdkafkaWriter, version, linger_ms="10", data_encryption=False, crypto={})._conf
        assert (conf["linger.ms"], conf["client.id"]) == (10, "c")


def test_what_librdkafka_refuses_is_sinetstreams_error() -> None:
    """Its own names are not checked by us: its answer is passed on."""
    with pytest.raises(InvalidArgumentError, match=r"No such configuration property.*no\.such\.thing"):
        plugin(RdkafkaWriter, type_spec={"no.such.thing": 1}).open()
    with pytest.raises(InvalidArgumentError, match=r"ssl.ca.location names /missing/ca.pem"):
        plugin(RdkafkaWriter, tls={"ca_certs": "/missing/ca.pem"}).open()
