"""confluent-kafka's Message in, kafka-python's ConsumerRecord out: SINETStream's `message.raw`."""

from __future__ import annotations

from confluent_kafka import TIMESTAMP_NOT_AVAILABLE, Message


class Record:
    """One record, its parts named as kafka-python names them."""

    __slots__ = ("_message",)

    def __init__(self, message: Message) -> None:
        self._message = message

    def __repr__(self) -> str:
        return f"Record(topic={self.topic!r}, partition={self.partition}, offset={self.offset})"

    @property
    def topic(self) -> str:
        return self._message.topic() or ""

    @property
    def partition(self) -> int:
        return self._message.partition() or 0

    @property
    def offset(self) -> int:
        return self._message.offset() or 0

    @property
    def key(self) -> bytes | None:
        return self._message.key()

    @property
    def value(self) -> bytes:
        """Empty for a record without a value, which SINETStream then calls an invalid message."""
        return self._message.value() or b""

    @property
    def timestamp(self) -> int:
        """Milliseconds since 1970 UTC, -1 where there is none."""
        kind, timestamp_ms = self._message.timestamp()
        return -1 if kind == TIMESTAMP_NOT_AVAILABLE else timestamp_ms

    @property
    def timestamp_type(self) -> int:
        """0: the writer's time; 1: the broker's; -1: none."""
        return self._message.timestamp()[0] - 1

    @property
    def headers(self) -> list[tuple[str, str | bytes | None]]:
        headers = self._message.headers() or []
        return list(headers.items()) if isinstance(headers, dict) else list(headers)

    @property
    def serialized_key_size(self) -> int:
        key = self.key
        return -1 if key is None else len(key)

    @property
    def serialized_value_size(self) -> int:
        return len(self.value)
