"""TLS, passwords and rights on Apache Kafka: what is allowed works, what is not is said plainly."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
import sinetstream
from confluent_kafka import KafkaError

from scripts.kafka_node import KafkaNode
from sinetstreamplugin.rdkafka_errors import text
from tests.broker.streams import Outcomes, async_writer, read_all, reader, take, values, wait_until, writer
from tests.kafka_topics import Topics

QUICK = {"connect_timeout_ms": 1500}


@pytest.fixture(scope="module")
def allowed(topics: Topics) -> str:
    """A topic that `cam` may write and read."""
    topic = topics.make()
    for operation in ("WRITE", "READ"):
        topics.grant("cam", operation, topic)
    return topic


def certificate(kafka: KafkaNode) -> dict[str, Any]:
    return {
        "ca_certs": str(kafka.tls.ca),
        "certfile": str(kafka.tls.client_certificate),
        "keyfile": str(kafka.tls.client_key),
    }


def login(
    kafka: KafkaNode, user: str = "cam", mechanism: str = "SCRAM-SHA-256", **more: Any
) -> dict[str, Any]:
    return {
        "security_protocol": "SASL_SSL",
        "ssl_cafile": str(kafka.tls.ca),
        "sasl_mechanism": mechanism,
        "sasl_plain_username": user,
        "sasl_plain_password": kafka.users[user],
        **more,
    }


@pytest.mark.parametrize("form", ["files", "data", "no check of the name"])
def test_a_client_certificate_opens_the_tls_listener(kafka: KafkaNode, allowed: str, form: str) -> None:
    """SINETStream's `tls` as file names, or as PEM text in `*_data` that SINETStream turns into files."""
    tls = certificate(kafka)
    brokers = kafka.bootstrap_ssl
    if form == "data":
        tls = {f"{name}_data": Path(path).read_text() for name, path in tls.items()}
    elif form == "no check of the name":
        tls["check_hostname"] = False
    with async_writer(brokers, allowed, tls=tls) as sink:
        confirmation = sink.publish(form.encode()).get(30)
    with reader(brokers, allowed, tls=tls) as source:
        source.seek_to_beginning()
        received = take(source, confirmation.offset + 1)
    assert received[-1].value == form.encode()


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-256"])
def test_a_password_opens_the_sasl_listener(kafka: KafkaNode, allowed: str, mechanism: str) -> None:
    """User and password over TLS; an encrypted value of SINETStream comes as bytes."""
    spec = login(kafka, mechanism=mechanism, sasl_plain_password=b"pw")
    with writer(kafka.bootstrap_sasl_ssl, allowed, spec=spec) as sink:
        confirmation = sink.publish(mechanism.encode())
    received = read_all(kafka.bootstrap_sasl_ssl, allowed, confirmation.offset + 1, spec=spec)
    assert received[-1].value == mechanism.encode()


def test_a_wrong_password_is_said_at_once(kafka: KafkaNode, allowed: str) -> None:
    """open() raises AuthorizationError long before its time is over; the password is not in it."""
    spec = login(kafka, sasl_plain_password="not this one", connect_timeout_ms=60_000)
    for user in (writer, async_writer, reader):
        with pytest.raises(
            sinetstream.AuthorizationError, match="check the user's name and password"
        ) as caught:
            user(kafka.bootstrap_sasl_ssl, allowed, spec=spec).open()
        assert "not this one" not in str(caught.value)
        assert caught.value.kafka_error.name() == "_AUTHENTICATION"


def test_a_wrong_password_shows_on_a_writer_that_opened_without_waiting(
    kafka: KafkaNode, allowed: str
) -> None:
    """problem() says it while the messages wait; closing rejects them."""
    spec = login(kafka, sasl_plain_password="wrong", connect_timeout_ms=0, close_timeout_ms=0)
    sink = async_writer(kafka.bootstrap_sasl_ssl, allowed, spec=spec).open()
    plugin = sink._debug_get_plugin()
    promise = sink.publish(b"x")
    assert "password" in wait_until(plugin.problem, "a problem")
    sink.close()
    with pytest.raises(sinetstream.ConnectionError):
        promise.get(0)


@pytest.mark.parametrize(
    ("listener", "options", "sentence"),
    [
        ("ssl", {"tls": {"ca_certs": "CA"}}, "the broker wants a certificate it trusts"),
        ("ssl", {"tls": {"ca_certs": "OTHER"}}, "the broker's certificate is not from the CA"),
        ("ssl", {}, "is this a TLS port"),
        ("plaintext", {"tls": {"ca_certs": "CA"}}, "this port does not speak TLS"),
    ],
)
def test_what_is_wrong_with_tls_is_said(
    kafka: KafkaNode, allowed: str, listener: str, options: dict[str, Any], sentence: str
) -> None:
    """No certificate, an unknown CA, TLS on one side only: a ConnectionError with its own sentence each."""
    files = {"CA": str(kafka.tls.ca), "OTHER": str(kafka.tls.other_ca)}
    more: dict[str, Any] = {
        name: {key: files[value] for key, value in tls.items()} for name, tls in options.items()
    }
    brokers = kafka.bootstrap_ssl if listener == "ssl" else kafka.bootstrap
    with pytest.raises(sinetstream.ConnectionError, match=sentence):
        async_writer(brokers, allowed, spec=QUICK, **more).open()


@pytest.mark.parametrize(("broker", "hinted"), [("bootstrap", True), ("1", False)])
def test_a_broker_that_hangs_up_before_it_was_known_gets_the_hint(broker: str, hinted: bool) -> None:
    """One that has answered before speaks TLS: its closing is an ordinary one."""
    words = f"ssl://127.0.0.1:9092/{broker}: Disconnected: SSL connection closed by peer"
    shown = text(KafkaError(KafkaError._TRANSPORT, f"{words} (after 3ms in state SSL_HANDSHAKE)"))
    assert shown.startswith("127.0.0.1:9092: Disconnected: SSL connection closed by peer")
    assert ("this port does not speak TLS" in shown) == hinted


@pytest.mark.parametrize("known", [False, True], ids=["topic unseen", "topic seen"])
def test_without_any_right_to_write_the_writer_dies_and_says_so(
    kafka: KafkaNode, topics: Topics, known: bool
) -> None:
    """Every message is rejected as not allowed, also later ones; a new writer with the right works."""
    topic = topics.make()
    if known:
        topics.grant("viewer", "DESCRIBE", topic)  # all that is refused then is the producer's id
    spec = login(kafka, "viewer", connect_timeout_ms=0)
    sink = async_writer(kafka.bootstrap_sasl_ssl, topic, spec=spec).open()
    plugin = sink._debug_get_plugin()
    outcomes = Outcomes()
    for number in range(5):
        outcomes.of(sink.publish(b"%d" % number))
    outcomes.wait(5)
    wait_until(lambda: plugin._fatal, "librdkafka gives up")
    outcomes.of(sink.publish(b"later"))
    outcomes.wait(1, 0.1)
    codes = {reason.kafka_error.name() for reason in outcomes.reasons}
    assert codes <= {"CLUSTER_AUTHORIZATION_FAILED", "TOPIC_AUTHORIZATION_FAILED"}
    assert outcomes.reasons[-1].kafka_error.name() == "CLUSTER_AUTHORIZATION_FAILED"
    assert "TOPIC_AUTHORIZATION_FAILED" not in codes or not known
    for reason in outcomes.reasons:
        assert isinstance(reason, sinetstream.AuthorizationError)
        assert f"not allowed to write to topic {topic}" in str(reason)
    assert "not allowed to write" in plugin.problem()
    sink.close()

    topics.grant("viewer", "WRITE", topic)
    with async_writer(kafka.bootstrap_sasl_ssl, topic, spec=spec) as sink:
        assert sink.publish(b"now").get(30).offset == 0
    topics.revoke("viewer", "WRITE", topic)
    if known:
        topics.revoke("viewer", "DESCRIBE", topic)


def test_without_any_right_a_synchronous_writer_raises(kafka: KafkaNode, topics: Topics) -> None:
    """Where SINETStream's own plugin gives up after 60 s with an error of kafka-python's."""
    topic = topics.make()
    with writer(kafka.bootstrap_sasl_ssl, topic, spec=login(kafka, "viewer", connect_timeout_ms=0)) as sink:
        for _ in range(2):
            with pytest.raises(sinetstream.AuthorizationError, match="not allowed to write"):
                sink.publish(b"x")


def test_the_right_to_another_topic_is_none_to_this(kafka: KafkaNode, topics: Topics, allowed: str) -> None:
    """The message is rejected, and the writer lives on: as soon as the right is given it writes."""
    topic = topics.make()
    with async_writer(kafka.bootstrap_sasl_ssl, topic, spec=login(kafka)) as sink:
        with pytest.raises(sinetstream.AuthorizationError) as caught:
            sink.publish(b"x").get(30)
        assert caught.value.kafka_error.name() == "TOPIC_AUTHORIZATION_FAILED"
        topics.grant("cam", "WRITE", topic)

        def published() -> bool:
            return bool(sink.publish(b"y").then(lambda _: True, lambda _: False).get(30))

        wait_until(published, "the right is known")


def test_a_denied_read_is_said(kafka: KafkaNode, topics: Topics) -> None:
    """At open() without a group, from the iteration with one: AuthorizationError both times."""
    topic = topics.make()
    with pytest.raises(sinetstream.AuthorizationError, match=f"not allowed to read topic {topic}"):
        reader(kafka.bootstrap_sasl_ssl, topic, spec=login(kafka)).open()
    topics.grant("cam", "DESCRIBE", topic)
    with (
        reader(kafka.bootstrap_sasl_ssl, topic, spec=login(kafka)) as source,
        pytest.raises(sinetstream.AuthorizationError, match=f"not allowed to read topic {topic}"),
    ):
        next(iter(source))
    topics.grant("cam", "READ", topic)
    # a node that was just restarted takes its time to find a group's coordinator
    patient = {"receive_timeout_ms": 60_000}
    with (
        reader(kafka.bootstrap_sasl_ssl, topic, spec=login(kafka, group_id="not-mine"), **patient) as source,
        pytest.raises(sinetstream.AuthorizationError),
    ):
        next(iter(source))


def test_reading_without_a_group_needs_no_right_to_one(kafka: KafkaNode, topics: Topics) -> None:
    """The group's name that librdkafka wants is never shown to anybody."""
    topic = topics.make()
    topics.grant("viewer", "READ", topic)
    with writer(kafka.bootstrap, topic) as sink:
        sink.publish(b"seen")
    received = read_all(kafka.bootstrap_sasl_ssl, topic, 1, spec=login(kafka, "viewer"))
    assert values(received) == [b"seen"]


def test_no_secret_is_logged(kafka: KafkaNode, allowed: str, caplog: pytest.LogCaptureFixture) -> None:
    """Not even at DEBUG, where SINETStream's own plugin prints the password."""
    caplog.set_level("DEBUG", logger="sinetstreamplugin")
    secret = base64.b64encode(b"s3cret").decode()
    spec = login(kafka, sasl_plain_password=secret, connect_timeout_ms=1000)
    with pytest.raises(sinetstream.AuthorizationError):
        writer(kafka.bootstrap_sasl_ssl, allowed, spec=spec).open()
    assert secret not in caplog.text
