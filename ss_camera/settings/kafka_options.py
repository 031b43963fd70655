"""The `SS_*` names for Kafka: the options of kafka-python's producer and consumer, each with its type.

From kafka-python-ng 2.2.3's documentation. Options whose value is a Python object have no text and
are named in `OBJECTS`. librdkafka's own names have dots, which no variable can hold.
"""

from __future__ import annotations

import re

from ss_camera.settings.declare import Bad, Kind, Setting
from ss_camera.settings.parsers import (
    BOOLEAN,
    FILE,
    MILLISECONDS,
    MILLISECONDS_OR_0,
    TEXT,
    choice,
    integer,
    or_none,
)

SECTION = "Broker, kafka"
READER_SECTION = "Broker, kafka: read by the viewer only"
LIBRDKAFKA_ONLY = {
    "SS_ENABLE_IDEMPOTENCE": "enable.idempotence",
    "SS_DELIVERY_TIMEOUT_MS": "delivery.timeout.ms",
}
"""Options of later versions of kafka-python that kafka-python-ng does not have, by librdkafka's names."""
KAFKA_PYTHON_ONLY = frozenset(
    {
        "SS_LEAVE_GROUP_ON_CLOSE",
        "SS_LEGACY_ITERATOR",
        "SS_METRICS_NUM_SAMPLES",
        "SS_METRICS_SAMPLE_WINDOW_MS",
        "SS_METRIC_GROUP_PREFIX",
        "SS_SASL_KERBEROS_DOMAIN_NAME",
        "SS_SOCK_CHUNK_BUFFER_COUNT",
        "SS_SOCK_CHUNK_BYTES",
    }
)
"""Options that librdkafka has nothing like."""

OBJECTS = frozenset(
    [
        "bootstrap_topics_filter",
        "coordinator",
        "default_offset_commit_callback",
        "kafka_client",
        "key_deserializer",
        "key_serializer",
        "metric_reporters",
        "partition_assignment_strategy",
        "partitioner",
        "sasl_oauth_token_provider",
        "selector",
        "socket_options",
        "ssl_context",
        "value_deserializer",
        "value_serializer",
    ]
)
REPLACED = {"bootstrap_servers": "SS_BROKERS"}
_BYTES = integer(1, 2**31 - 1, "bytes")
_OAUTH = "SASL mechanism OAUTHBEARER needs a token provider in Python, which no variable can hold"


def _acks(text: str) -> object:
    word = text.strip().casefold()
    if word not in ("0", "1", "all"):
        raise Bad("is no number of acknowledgements")
    return word if word == "all" else int(word)


def _mechanism(text: str) -> object:
    if text.strip().upper() == "OAUTHBEARER":
        raise Bad("cannot be used: " + _OAUTH)
    return _MECHANISMS.parse(text)


def _version(text: str) -> tuple[int, ...]:
    match = re.fullmatch(r"\(?\s*([0-9]{1,3}(?:\s*[.,]\s*[0-9]{1,3}){1,3})\s*\)?", text.strip())
    if not match:
        raise Bad("is not a version")
    return tuple(int(part) for part in re.split(r"\s*[.,]\s*", match[1]))


_MECHANISMS = choice("PLAIN SCRAM-SHA-256 SCRAM-SHA-512 GSSAPI")


def _option(name: str, kind: Kind, doc: str, *, secret: bool = False, reader: bool = False) -> Setting:
    section, part = (READER_SECTION, "reader") if reader else (SECTION, "type_spec")
    return Setting("SS_" + name, kind, doc, section, secret=secret, types=("kafka",), part=part)


SETTINGS = (
    _option("ACKS", Kind("0, 1 or all", _acks), "Confirmations wanted; `all` under AT_LEAST_ONCE."),
    _option("ENABLE_IDEMPOTENCE", BOOLEAN, "No repeats by the client's own retries (librdkafka only)."),
    _option("DELIVERY_TIMEOUT_MS", MILLISECONDS, "When a message is given up (librdkafka only)."),
    _option("MAX_REQUEST_SIZE", _BYTES, "Largest message; raise it together with the broker's limit."),
    _option("COMPRESSION_TYPE", or_none(choice("gzip snappy lz4 zstd")), "Compression by Kafka."),
    _option("RETRIES", integer(0, 2**31 - 1), "How often the client sends again."),
    _option("BATCH_SIZE", integer(0, 2**31 - 1, "bytes"), "Largest batch."),
    _option("LINGER_MS", MILLISECONDS_OR_0, "How long a batch waits to fill."),
    _option("BUFFER_MEMORY", _BYTES, "Memory of the client's own queue."),
    _option("MAX_BLOCK_MS", MILLISECONDS_OR_0, "How long sending may block."),
    _option("MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION", integer(1, 1_000_000), "Requests without an answer."),
    _option("REQUEST_TIMEOUT_MS", MILLISECONDS, "How long an answer may take."),
    _option("CONNECTION_TIMEOUT_MS", MILLISECONDS, "How long connecting may take."),
    _option("CONNECTIONS_MAX_IDLE_MS", MILLISECONDS, "When an idle connection is closed."),
    _option("METADATA_MAX_AGE_MS", MILLISECONDS, "How often the cluster's layout is asked for."),
    _option("RETRY_BACKOFF_MS", MILLISECONDS_OR_0, "Pause before sending again."),
    _option("RECONNECT_BACKOFF_MS", MILLISECONDS_OR_0, "Pause before connecting again."),
    _option("RECONNECT_BACKOFF_MAX_MS", MILLISECONDS_OR_0, "The longest such pause."),
    _option("RECEIVE_BUFFER_BYTES", _BYTES, "The socket's receive buffer."),
    _option("SEND_BUFFER_BYTES", _BYTES, "The socket's send buffer."),
    _option("SOCK_CHUNK_BYTES", _BYTES, "kafka-python: bytes a read."),
    _option("SOCK_CHUNK_BUFFER_COUNT", integer(1, 1_000_000), "kafka-python: reads in a buffer."),
    _option("API_VERSION", Kind("a version such as 2.6.0", _version), "Version of the broker."),
    _option("API_VERSION_AUTO_TIMEOUT_MS", MILLISECONDS, "How long finding that version may take."),
    _option("METRICS_NUM_SAMPLES", integer(1, 10_000), "Samples of a metric."),
    _option("METRICS_SAMPLE_WINDOW_MS", MILLISECONDS, "Age of a sample."),
    _option("SECURITY_PROTOCOL", choice("PLAINTEXT SSL SASL_PLAINTEXT SASL_SSL"), "How to connect."),
    _option("SASL_MECHANISM", Kind(_MECHANISMS.expects, _mechanism), "How to log in."),
    _option("SASL_PLAIN_USERNAME", TEXT, "User for PLAIN and SCRAM."),
    _option("SASL_PLAIN_PASSWORD", TEXT, "Password for PLAIN and SCRAM.", secret=True),
    _option("SASL_KERBEROS_SERVICE_NAME", TEXT, "Service name for GSSAPI."),
    _option("SASL_KERBEROS_DOMAIN_NAME", TEXT, "Domain for GSSAPI."),
    _option("SSL_CHECK_HOSTNAME", BOOLEAN, "kafka-python's name for `SS_TLS__CHECK_HOSTNAME`."),
    _option("SSL_CAFILE", FILE, "kafka-python's name for `SS_TLS__CA_CERTS`."),
    _option("SSL_CERTFILE", FILE, "kafka-python's name for `SS_TLS__CERTFILE`."),
    _option("SSL_KEYFILE", FILE, "kafka-python's name for `SS_TLS__KEYFILE`."),
    _option("SSL_PASSWORD", TEXT, "Passphrase of that key, or of `SS_TLS__KEYFILE`.", secret=True),
    _option("SSL_CRLFILE", FILE, "PEM file of revoked certificates."),
    _option("SSL_CIPHERS", TEXT, "kafka-python's name for `SS_TLS__CIPHERS`."),
    _option("GROUP_ID", TEXT, "Consumer group.", reader=True),
    _option("GROUP_INSTANCE_ID", TEXT, "Fixed member of the group.", reader=True),
    _option("LEAVE_GROUP_ON_CLOSE", BOOLEAN, "Leave the group at the end.", reader=True),
    _option("AUTO_OFFSET_RESET", choice("earliest latest"), "Where a new group begins.", reader=True),
    _option("ENABLE_AUTO_COMMIT", BOOLEAN, "Commit offsets by itself.", reader=True),
    _option("AUTO_COMMIT_INTERVAL_MS", MILLISECONDS, "How often.", reader=True),
    _option("FETCH_MAX_WAIT_MS", MILLISECONDS_OR_0, "How long a broker may hold a fetch back.", reader=True),
    _option("FETCH_MIN_BYTES", _BYTES, "Least data of a fetch.", reader=True),
    _option("FETCH_MAX_BYTES", _BYTES, "Most data of a fetch.", reader=True),
    _option("MAX_PARTITION_FETCH_BYTES", _BYTES, "Most data of one partition.", reader=True),
    _option("MAX_POLL_RECORDS", integer(1, 2**31 - 1), "Most records of a poll.", reader=True),
    _option("MAX_POLL_INTERVAL_MS", MILLISECONDS, "Longest time between polls.", reader=True),
    _option("SESSION_TIMEOUT_MS", MILLISECONDS, "When a silent member is dropped.", reader=True),
    _option("HEARTBEAT_INTERVAL_MS", MILLISECONDS, "How often a member shows life.", reader=True),
    _option("CONSUMER_TIMEOUT_MS", MILLISECONDS, "How long reading waits.", reader=True),
    _option("CHECK_CRCS", BOOLEAN, "Check each record's checksum.", reader=True),
    _option("EXCLUDE_INTERNAL_TOPICS", BOOLEAN, "Leave Kafka's own topics out.", reader=True),
    _option("METRIC_GROUP_PREFIX", TEXT, "Beginning of the metrics' names.", reader=True),
    _option("LEGACY_ITERATOR", BOOLEAN, "kafka-python: the iterator before 1.4.7.", reader=True),
)
