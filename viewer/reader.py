"""SINETStream's reader in, one that outlives any message out: what cannot be read is named, not raised."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml
from sinetstream import MessageReader
from sinetstream.error import (
    AuthorizationError,
    ConnectionError,
    InvalidArgumentError,
    InvalidConfigError,
    NoConfigError,
    NoServiceError,
    SinetError,
    UnsupportedServiceTypeError,
)

from ss_camera.errors import SettingsError
from ss_camera.settings.model import Route
from viewer.decompression import bounded
from viewer.naming import printable

IDLE_MS = 500
"""A silent topic hands control back after this time, so that the reader can be stopped."""
FETCH_WAIT_MS = 20
"""How long a broker may hold a fetch back. A real Kafka answers at once; librdkafka's mock cluster does
not, and at the usual 500 ms a picture is 257 ms late."""
CONNECT_MS = (1000, 1000, 2000, 4000)
"""How long each open waits for a broker, the last one for all that follow; `connect_timeout_ms` wins.
Short at first, so that an absent broker is said soon; a link whose handshakes take 3 s gets through."""

CONFIG_FILES = ".sinetstream_config.yml in this folder or ~/.config/sinetstream/config.yml"

_PACKET_V3 = b"\xdf\x03\x00\x00"
_MAX_KEYS = 256
_ASKS_WITHOUT_MAKING = (
    0,
    11,
)  # from this broker on kafka-python can ask for a topic by name without making it
# settings of a Kafka producer that a shared .env carries and no consumer knows
_PRODUCER_ONLY = frozenset(
    {
        *("acks", "batch_size", "buffer_memory", "compression_type", "delivery_timeout_ms", "retries"),
        *("enable_idempotence", "linger_ms", "max_block_ms", "max_in_flight_requests_per_connection"),
        *("max_request_size", "partitioner", "transactional_id", "transaction_timeout_ms"),
    }
)


@dataclass(frozen=True)
class Unreadable:
    """A message that SINETStream could not open: `reason` is a phrase, safe to log."""

    topic: str
    reason: str
    encrypted: bool


class NoTopicYet(Exception):
    """Nothing was ever sent there; as a phrase, which topic."""


class ViewerReader(MessageReader):  # type: ignore[misc]  # sinetstream ships no types
    """A `MessageReader` of bytes that yields an `Unreadable` where SINETStream would raise.

    Where the topic `may_lack`, `open` raises `NoTopicYet` rather than let the broker make it.
    """

    def __init__(
        self,
        service: str | None = None,
        connect_ms: int = CONNECT_MS[0],
        *,
        may_lack: bool = False,
        **params: Any,
    ) -> None:
        self._connect_ms = connect_ms
        self._may_lack = may_lack
        super().__init__(service, value_type="byte_array", receive_timeout_ms=IDLE_MS, **params)
        if self.params.get("data_compression"):
            compression = self.params["compression"]
            algorithm = compression["algorithm"]
            decompressor = bounded(algorithm, compression.get(algorithm) or {})
            if decompressor is not None:
                self.decompressor = decompressor

    @property
    def kind(self) -> str:
        """SINETStream's service type: kafka, mqtt, .."""
        return str(self.params["type"])

    @property
    def topic_names(self) -> list[str]:
        """Of one or more topics, always a list."""
        topics = self.params.get("topics")
        return [topics] if isinstance(topics, str) else list(topics or [])

    @property
    def description(self) -> str:
        """Where it reads, as a phrase."""
        brokers = self.params.get("brokers")
        addresses = [brokers] if isinstance(brokers, str) else list(brokers or [])
        return printable(
            f"topic {', '.join(self.topic_names)} on {self.kind} {', '.join(addresses)}".rstrip()
        )

    def open(self) -> ViewerReader:
        """Connect. Raises what the client raises, and `NoTopicYet`."""
        if self._may_lack:
            self._look_for_topics()
        return super().open()  # type: ignore[no-any-return]

    def _look_for_topics(self) -> None:
        """kafka-python's subscription makes a broker with auto.create.topics.enable make the topic."""
        options = getattr(self._plugin, "_kafka_params", None)
        if (
            self.kind != "kafka" or options is None
        ):  # librdkafka asks without that, and MQTT has no such thing
            return
        from kafka import KafkaAdminClient
        from kafka.errors import KafkaError, TopicAuthorizationFailedError

        known = {name: value for name, value in options.items() if name in KafkaAdminClient.DEFAULT_CONFIG}
        try:
            asker = KafkaAdminClient(**known)
        except KafkaError as error:
            raise ConnectionError() from error
        try:
            there = set(asker.list_topics())
            lacking = [topic for topic in self.topic_names if topic not in there]
            if lacking and asker.config["api_version"] >= _ASKS_WITHOUT_MAKING:
                described = asker.describe_topics(lacking)
                denied = TopicAuthorizationFailedError.errno
                if forbidden := [each["topic"] for each in described if each["error_code"] == denied]:
                    raise AuthorizationError(f"not allowed to read topic {', '.join(forbidden)}")
        finally:
            asker.close()
        if lacking:
            raise NoTopicYet(printable(f"topic {', '.join(lacking)}, which does not exist yet"))

    def problem(self) -> str | None:
        """What the broker client says of its connection, where it says anything; None while all is well."""
        ask = getattr(self._plugin, "problem", None)
        said = ask() if ask else None
        return printable(str(said)) if said else None

    def settle(self) -> None:
        """Ask the broker where the places are that were sought.

        kafka-python asks when it first reads: the end would be after what was sent in the meantime.
        """
        consumer = getattr(self._plugin, "_client", None)
        if consumer is not None and self.kind == "kafka" and hasattr(consumer, "position"):
            for partition in consumer.assignment():
                consumer.position(partition)

    def _find_plugin(self, registry: Any, service_type: str) -> Any:
        # SINETStream's hook between its merged parameters and the plugin; only ours can be told to wait less
        if getattr(registry.get(service_type), "__module__", "").startswith("sinetstreamplugin.rdkafka"):
            spec = self.params  # before version 3 of the file the broker's options stand beside the others
            if self._confver.type_spec():
                spec = self.params["type_spec"] = dict(self.params.get("type_spec") or {})
            spec.setdefault("connect_timeout_ms", self._connect_ms)
        return super()._find_plugin(registry, service_type)

    def _make_message(self, value: Any, topic: str, raw: Any) -> Any:
        try:
            return super()._make_message(value, topic, raw)
        except Exception as error:  # noqa: BLE001 - a stranger's bytes raise anything: AssertionError, struct.error, ..
            return self._unreadable(value, topic, error)

    def _unreadable(self, value: object, topic: str, error: Exception) -> Unreadable:
        head = value[:6] if isinstance(value, bytes) else b""
        packed = len(head) == 6 and head.startswith(_PACKET_V3)
        encrypted = head[4:] != b"\x00\x00" if packed else self.cipher is not None
        if self.cipher is not None and len(self.cipher.dec_keys) > _MAX_KEYS:
            self.cipher.dec_keys.clear()  # one entry per salt, and a stranger chooses the salts
        if encrypted:
            return Unreadable(printable(topic), "it cannot be decrypted (key?)", encrypted=True)
        if packed and self.cipher is not None:
            return Unreadable(
                printable(topic), "it is not encrypted, and this viewer has a key", encrypted=False
            )
        return Unreadable(printable(topic), _phrase(error), encrypted=False)


def patience() -> Iterator[int]:
    """`CONNECT_MS`, and its last one for ever."""
    yield from CONNECT_MS
    while True:
        yield CONNECT_MS[-1]


def from_service(service: str, connect_ms: int = CONNECT_MS[0], **instead: Any) -> ViewerReader:
    """The reader of a service in SINETStream's own configuration file, `instead` of some of its parameters.

    Raises `SettingsError`.
    """
    return _made(f"service {service}", service, connect_ms, **instead)


def from_route(route: Route, connect_ms: int = CONNECT_MS[0], *, may_lack: bool = False) -> ViewerReader:
    """The reader of what a camera with these settings publishes. Raises `SettingsError`."""
    spec: dict[str, object] = {"fetch_max_wait_ms": FETCH_WAIT_MS} if route.type == "kafka" else {}
    spec.update((name, value) for name, value in route.type_spec.items() if name not in _PRODUCER_ONLY)
    spec.update(route.reader_spec)
    params: Mapping[str, Any] = {
        **route.common,
        "type": route.type,
        "consistency": route.consistency,
        "type_spec": spec,
    }
    params = {**params, "no_config": True, "topics": route.topic, "may_lack": may_lack}
    return _made(f"SS_TOPIC {route.topic}", None, connect_ms, **params)


def _made(what: str, service: str | None, connect_ms: int, **params: Any) -> ViewerReader:
    try:
        reader = ViewerReader(service, connect_ms, **params)
    except NoConfigError:
        raise SettingsError(
            [f"{what}: there is no {CONFIG_FILES}; write one, or leave -s out and use SS_* settings."]
        ) from None
    except NoServiceError:
        raise SettingsError([f"{what}: no such service in {CONFIG_FILES}."]) from None
    except UnsupportedServiceTypeError:
        raise SettingsError(
            [f"{what}: SINETStream has no plugin for this type; install sinetstream-TYPE, or use kafka."]
        ) from None
    except yaml.YAMLError as error:
        raise SettingsError([f"{what}: the configuration file is no YAML: {_phrase(error)}."]) from None
    except (
        InvalidArgumentError,
        InvalidConfigError,
        AttributeError,
        KeyError,
        TypeError,
        ValueError,
    ) as error:
        # SINETStream runs into the last four where a value has another type than it expects
        raise SettingsError([f"{what}: SINETStream refuses these settings: {_phrase(error)}."]) from None
    return checked(what, reader)


def checked(what: str, reader: ViewerReader) -> ViewerReader:
    """`reader`, where it can be followed. Raises `SettingsError`."""
    if reader.kind == "s3":
        raise SettingsError(
            [f"{what}: type s3 is a store without a newest picture to follow; use kafka or mqtt."]
        )
    if not reader.params.get("topics"):
        raise SettingsError([f"{what}: it names no topic; add topic: to the service."])
    return reader


def seek(reader: ViewerReader, *, to_beginning: bool) -> None:
    """Place an open reader at the topic's beginning or end; nothing to do where a broker keeps no past."""
    with contextlib.suppress(AttributeError):  # SINETStream's MQTT plugin has neither method
        if to_beginning:
            reader.seek_to_beginning()
        else:
            reader.seek_to_end()
    reader.settle()


def sentence(error: BaseException) -> str:
    """What went wrong with a broker, as a phrase: of SINETStream's own error its cause, which says more."""
    cause = error.__cause__ or error.__context__
    if isinstance(error, SinetError) and not str(error) and cause is not None:
        error = cause
    text = printable(" ".join(str(error).split()), limit=300).rstrip(".")
    return text if isinstance(error, SinetError | SettingsError) and text else _phrase(error)


def _phrase(error: BaseException) -> str:
    text = printable(" ".join(str(error).split()), limit=300).rstrip(".")
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
