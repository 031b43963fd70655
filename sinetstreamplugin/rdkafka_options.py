"""kafka-python's documented options: what each is called in librdkafka, or why it has no place there.

Names and meanings: kafka-python-ng 2.2.3 (KafkaProducer, KafkaConsumer) and librdkafka's CONFIGURATION.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Side(Enum):
    """Who understands an option. The other side passes over it: one section may serve both."""

    BOTH = "both"
    WRITER = "writer"
    READER = "reader"


class Kind(Enum):
    """How a value is read. YAML and environment variables give text where a number is meant."""

    INTEGER = "a whole number"
    BOOLEAN = "true or false"
    TEXT = "text"
    SECRET = "text that is never shown"  # noqa: S105 - a kind, not a password
    SERVERS = "host:port, or a list of them"
    ACKS = "0, 1 or all"
    COMPRESSION = "none, gzip, snappy, lz4 or zstd"
    OFFSET_RESET = "earliest, latest or none"
    PARTITIONER = "a name of librdkafka's, or a KeyPartitioner"
    ASSIGNORS = "range, roundrobin or cooperative-sticky, or a list of them"
    KILOBYTES = "a whole number of bytes"
    CHECK_HOSTNAME = "true or false (whether the name is checked)"
    VERSION = "a version of Kafka, as (2, 5, 0) or 2.5.0"
    SOCKET_OPTIONS = "a list of [level, option, value]"
    NOTHING = "accepted without effect"
    REFUSED = "refused"


@dataclass(frozen=True)
class Option:
    """`librdkafka` is empty for what the plugin does itself; `note` says what to use instead, or why."""

    name: str
    librdkafka: tuple[str, ...]
    kind: Kind
    side: Side = Side.BOTH
    note: str = ""


def _refused(name: str, note: str, side: Side = Side.BOTH) -> Option:
    return Option(name, (), Kind.REFUSED, side, note)


_WRITER, _READER = Side.WRITER, Side.READER
_INT, _BOOL, _TEXT = Kind.INTEGER, Kind.BOOLEAN, Kind.TEXT
_PYTHON_OBJECT = "it is a Python object of kafka-python; leave it out"
_METRICS = "librdkafka keeps its own figures; set statistics.interval.ms and read metrics"
_SERIALIZER = "SINETStream turns values into bytes; use its value_type or value_serializer"

OPTIONS: tuple[Option, ...] = (
    Option("bootstrap_servers", ("bootstrap.servers",), Kind.SERVERS),
    Option("client_id", ("client.id",), _TEXT),
    Option("connections_max_idle_ms", ("connections.max.idle.ms",), _INT),
    Option("metadata_max_age_ms", ("topic.metadata.refresh.interval.ms",), _INT),
    Option("retry_backoff_ms", ("retry.backoff.ms",), _INT),
    Option("connection_timeout_ms", ("socket.connection.setup.timeout.ms",), _INT),
    Option("request_timeout_ms", ("socket.timeout.ms", "request.timeout.ms"), _INT, _WRITER),
    Option("request_timeout_ms", ("socket.timeout.ms",), _INT, _READER),
    Option("receive_buffer_bytes", ("socket.receive.buffer.bytes",), _INT),
    Option("send_buffer_bytes", ("socket.send.buffer.bytes",), _INT),
    Option("socket_options", (), Kind.SOCKET_OPTIONS),
    Option("reconnect_backoff_ms", ("reconnect.backoff.ms",), _INT),
    Option("reconnect_backoff_max_ms", ("reconnect.backoff.max.ms",), _INT),
    Option("max_in_flight_requests_per_connection", ("max.in.flight.requests.per.connection",), _INT),
    Option("security_protocol", ("security.protocol",), _TEXT),
    Option("ssl_check_hostname", ("ssl.endpoint.identification.algorithm",), Kind.CHECK_HOSTNAME),
    Option("ssl_cafile", ("ssl.ca.location",), _TEXT),
    Option("ssl_certfile", ("ssl.certificate.location",), _TEXT),
    Option("ssl_keyfile", ("ssl.key.location",), _TEXT),
    Option("ssl_password", ("ssl.key.password",), Kind.SECRET),
    Option("ssl_crlfile", ("ssl.crl.location",), _TEXT),
    Option("ssl_ciphers", ("ssl.cipher.suites",), _TEXT),
    _refused("ssl_context", "librdkafka has its own TLS; use ssl_cafile, ssl_certfile and ssl_keyfile"),
    Option("api_version", ("broker.version.fallback",), Kind.VERSION),
    Option("api_version_auto_timeout_ms", ("api.version.request.timeout.ms",), _INT),
    _refused("metric_reporters", _METRICS),
    _refused("metrics_num_samples", _METRICS),
    _refused("metrics_sample_window_ms", _METRICS),
    _refused("selector", _PYTHON_OBJECT),
    _refused("kafka_client", _PYTHON_OBJECT),
    Option("sasl_mechanism", ("sasl.mechanism",), _TEXT),
    Option("sasl_plain_username", ("sasl.username",), _TEXT),
    Option("sasl_plain_password", ("sasl.password",), Kind.SECRET),
    Option("sasl_kerberos_service_name", ("sasl.kerberos.service.name",), _TEXT),
    _refused("sasl_kerberos_domain_name", "librdkafka takes the broker's own name; leave it out"),
    _refused("sasl_oauth_token_provider", "use librdkafka's sasl.oauthbearer.* options, or oauth_cb"),
    # undocumented, and seen in configurations all the same
    *(
        _refused(name, "it is about kafka-python's inner workings; leave it out")
        for name in (
            "bootstrap_topics_filter",
            "legacy_iterator",
            "metric_group_prefix",
            "sock_chunk_buffer_count",
            "sock_chunk_bytes",
        )
    ),
    # the writer's
    _refused(
        "key_serializer", "SINETStream's messages have no key; message_key gives all of them one", _WRITER
    ),
    _refused("value_serializer", _SERIALIZER, _WRITER),
    Option("acks", ("acks",), Kind.ACKS, _WRITER),
    Option("compression_type", ("compression.type",), Kind.COMPRESSION, _WRITER),
    Option("retries", ("retries",), _INT, _WRITER),
    Option("batch_size", ("batch.size",), _INT, _WRITER),
    Option("linger_ms", ("linger.ms",), _INT, _WRITER),
    Option("partitioner", ("partitioner",), Kind.PARTITIONER, _WRITER),
    Option("buffer_memory", ("queue.buffering.max.kbytes",), Kind.KILOBYTES, _WRITER),
    Option("max_block_ms", (), _INT, _WRITER),
    Option("max_request_size", ("message.max.bytes",), _INT, _WRITER),
    # the reader's
    Option("group_id", ("group.id",), _TEXT, _READER),
    Option("group_instance_id", ("group.instance.id",), _TEXT, _READER),
    _refused(
        "leave_group_on_close", "a reader with a group_instance_id stays in its group, others leave", _READER
    ),
    _refused("key_deserializer", "the key is in raw.key as bytes", _READER),
    _refused("value_deserializer", _SERIALIZER, _READER),
    Option("fetch_min_bytes", ("fetch.min.bytes",), _INT, _READER),
    Option("fetch_max_wait_ms", ("fetch.wait.max.ms",), _INT, _READER),
    Option("fetch_max_bytes", ("fetch.max.bytes",), _INT, _READER),
    Option("max_partition_fetch_bytes", ("max.partition.fetch.bytes",), _INT, _READER),
    Option("auto_offset_reset", ("auto.offset.reset",), Kind.OFFSET_RESET, _READER),
    Option("enable_auto_commit", ("enable.auto.commit",), _BOOL, _READER),
    Option("auto_commit_interval_ms", ("auto.commit.interval.ms",), _INT, _READER),
    _refused("default_offset_commit_callback", _PYTHON_OBJECT, _READER),
    Option("check_crcs", ("check.crcs",), _BOOL, _READER),
    Option("partition_assignment_strategy", ("partition.assignment.strategy",), Kind.ASSIGNORS, _READER),
    Option("max_poll_records", (), Kind.NOTHING, _READER, "messages come one by one"),
    Option("max_poll_interval_ms", ("max.poll.interval.ms",), _INT, _READER),
    Option("session_timeout_ms", ("session.timeout.ms",), _INT, _READER),
    Option("heartbeat_interval_ms", ("heartbeat.interval.ms",), _INT, _READER),
    Option("consumer_timeout_ms", (), _INT, _READER),
    Option("exclude_internal_topics", (), Kind.NOTHING, _READER, "topics are read by their names only"),
    _refused("coordinator", _PYTHON_OBJECT, _READER),
    # this plugin's own
    Option("message_key", (), _TEXT, _WRITER, "the key of every record: one key, one partition"),
    Option("connect_timeout_ms", (), _INT, note="how long open() waits for a broker; 0: it does not"),
    Option("close_timeout_ms", (), _INT, _WRITER, "how long close() waits for confirmations"),
    Option("end_at_failure", (), _BOOL, _WRITER, "true: once a message fails, nothing behind it is sent"),
)


def find(name: str, side: Side) -> Option | None:
    """The option as that side knows it, or as the other does; None when neither knows it."""
    known = [option for option in OPTIONS if option.name == name]
    for option in known:
        if option.side in (side, Side.BOTH):
            return option
    return known[0] if known else None
