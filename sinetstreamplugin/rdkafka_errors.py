"""librdkafka's errors in, SINETStream's exceptions and plain sentences out."""

from __future__ import annotations

import re

from confluent_kafka import KafkaError, KafkaException
from sinetstream.error import (
    AuthorizationError,
    ConnectionError,
    InvalidArgumentError,
    InvalidMessageError,
    SinetError,
)

_DENIED = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    KafkaError.SASL_AUTHENTICATION_FAILED,
    KafkaError._AUTHENTICATION,
}
_TOO_LARGE = {KafkaError.MSG_SIZE_TOO_LARGE, KafkaError.RECORD_LIST_TOO_LARGE}
_INVALID = {KafkaError.INVALID_MSG, KafkaError.INVALID_RECORD, KafkaError.INVALID_MSG_SIZE}
# how long it took and how often: they differ each time, and a log would take each for news
_NOISE = re.compile(r"\s*\(after [^)]*(\(s\)[^)]*)?\)")
# which of a broker's names librdkafka had just used
_NAME = re.compile(r"^(?:\w+://)?(\S+:\d+)/(?:bootstrap|\d+): ")
_HINTS = (
    (re.compile("PLAINTEXT broker listener"), "this port does not speak TLS"),
    # the same where the broker hangs up before librdkafka has read its answer; once a broker is known
    # it is named by its number in place of `bootstrap`
    (
        re.compile("/bootstrap: Disconnected: SSL connection closed by peer"),
        "this port does not speak TLS, or the broker wants another certificate",
    ),
    (
        re.compile("alert (bad certificate|certificate required|unknown ca)"),
        "the broker wants a certificate it trusts",
    ),
    (re.compile("certificate verify failed"), "the broker's certificate is not from the CA of ssl_cafile"),
    (re.compile("SASL authentication", re.IGNORECASE), "check the user's name and password"),
)


def kafka_error(exception: KafkaException) -> KafkaError:
    """What a KafkaException carries."""
    error = exception.args[0]
    assert isinstance(error, KafkaError)
    return error


def is_denied(error: KafkaError) -> bool:
    """Whether the broker says no to this client: rights, user name, password."""
    return error.code() in _DENIED


def publish_failure(error: KafkaError, topic: str, *, limit: str = "broker") -> SinetError:
    """Why a message was not delivered. The exception has `kafka_error`.

    One that is too large has `limit` too: "client" (max_request_size) or "broker" (message.max.bytes, or
    the topic's max.message.bytes). `kafka_error.retriable()` tells what may pass later.
    """
    failure: SinetError
    if is_denied(error):
        failure = AuthorizationError(f"not allowed to write to topic {topic}: {text(error)}")
    elif error.code() in _TOO_LARGE:
        whose = "max_request_size" if limit == "client" else "the broker's or the topic's limit"
        failure = InvalidMessageError(f"the message is larger than {whose} allows on topic {topic}")
        failure.limit = limit
    elif error.code() in _INVALID:
        failure = InvalidMessageError(f"topic {topic} refuses the message: {text(error)}")
    else:
        failure = ConnectionError(f"not delivered to topic {topic}: {text(error)}")
    failure.kafka_error = error
    return failure


def read_failure(error: KafkaError, what: str) -> SinetError:
    """Why nothing can be read from `what` (a topic, a group)."""
    kind = AuthorizationError if is_denied(error) else ConnectionError
    verb = "not allowed to read" if is_denied(error) else "cannot read"
    failure: SinetError = kind(f"{verb} {what}: {text(error)}")
    failure.kafka_error = error
    return failure


def refusal(error: KafkaError, sentence: str | None = None) -> SinetError:
    """The broker's no to this client, whatever it asks for."""
    failure: SinetError = AuthorizationError(sentence or text(error))
    failure.kafka_error = error
    return failure


def configuration_failure(exception: KafkaException) -> SinetError:
    """Why librdkafka does not take its configuration."""
    return InvalidArgumentError(f"librdkafka refuses the configuration: {text(kafka_error(exception))}")


def text(error: KafkaError) -> str:
    """librdkafka's own words, without what changes each time, with a hint where they are hard to read."""
    words = _NAME.sub(r"\1: ", _NOISE.sub("", error.str())).removeprefix("Unable to produce message: ")
    hints = [hint for pattern, hint in _HINTS if pattern.search(error.str())]
    return f"{words} ({hints[0]})" if hints else words


class Connection:
    """What is known of the connection: `problem` is a sentence, or None while all is well."""

    def __init__(self, security_protocol: str) -> None:
        self.problem: str | None = None
        self.denied: KafkaError | None = None
        self._plaintext = security_protocol.lower().endswith("plaintext")
        self.was_up = False

    def on_error(self, error: KafkaError) -> None:
        """librdkafka's `error_cb`."""
        if is_denied(error):
            self.denied = error
        if error.code() != KafkaError._ALL_BROKERS_DOWN:
            self.problem = text(error)
        elif self.problem is None:
            # all that is said when a TLS port drops a client that speaks none
            question = ": is this a TLS port?" if self._plaintext and not self.was_up else ""
            self.problem = f"the broker closes the connection{question}"

    def is_up(self) -> None:
        """A broker has just answered."""
        self.problem = self.denied = None
        self.was_up = True
