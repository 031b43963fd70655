"""Topics in, their messages out, in order for each partition: SINETStream's reader on librdkafka."""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Mapping
from typing import Any

from confluent_kafka import (
    OFFSET_BEGINNING,
    OFFSET_END,
    Consumer,
    KafkaError,
    KafkaException,
    Message,
    TopicPartition,
)
from sinetstream import AT_MOST_ONCE
from sinetstream.error import SinetError

from sinetstreamplugin.rdkafka_client import RdkafkaClient, make_client
from sinetstreamplugin.rdkafka_errors import kafka_error, read_failure
from sinetstreamplugin.rdkafka_options import Side
from sinetstreamplugin.rdkafka_record import Record
from sinetstreamplugin.rdkafka_watch import TopicWatch

_MIB = 1024 * 1024
_POLL_S = 0.2  # how soon a reader that waits sees that it was closed
_SEEK_RETRY_S = 0.1
_CLOSE_S = 5.0
_logger = logging.getLogger(__name__)


class BaseRdkafkaReader(RdkafkaClient):
    """The consumer and its positions.

    Without `group_id` all partitions are read, with no group to join: at once, from the end, or from where
    `auto_offset_reset` says. With one, the group's coordinator gives partitions and remembers offsets.
    """

    side = Side.READER

    def __init__(self, confver: Any, params: dict[str, Any]) -> None:
        super().__init__(confver, params)
        topics = params["topics"]
        self._topics: list[str] = list(topics) if isinstance(topics, list) else [topics]
        timeout_ms = self._own.get("consumer_timeout_ms", params["receive_timeout_ms"])
        self._timeout_s = float(timeout_ms) / 1000
        self._consumer: Consumer | None = None
        self._watch: TopicWatch | None = None
        self._closed = True
        self._early: list[tuple[KafkaError, str | None]] = []
        # held while the consumer is in use: it must not be destroyed under a thread that polls it
        self._in_use = threading.RLock()

    def _defaults(self, conf: Mapping[str, Any]) -> dict[str, Any]:
        defaults: dict[str, Any] = {
            "fetch.wait.max.ms": 20,  # librdkafka's mock cluster holds each fetch back for all of it
            "fetch.message.max.bytes": 8 * _MIB,
            "fetch.max.bytes": 16 * _MIB,
            "queued.max.messages.kbytes": 32 * 1024,
            "fetch.queue.backoff.ms": 50,  # a full queue stops fetching for this long; 1 s by default
            "check.crcs": "true",  # kafka-python's default
        }
        if conf.get("group.id"):
            interval_ms = 101 if self._params["consistency"] == AT_MOST_ONCE else 5000
            return {**defaults, "auto.commit.interval.ms": interval_ms, "auto.offset.reset": "latest"}
        # confluent-kafka wants a group's name in any case. The positions are ours: a reset happens only
        # where a position is gone (old segments deleted, a topic made anew), and then the oldest is next.
        name = self._params.get("client_id") or "sinetstream"
        return {**defaults, "group.id": name, "enable.auto.commit": "false", "auto.offset.reset": "earliest"}

    def _probe_topic(self) -> str:
        return self._topics[0]

    def open(self) -> BaseRdkafkaReader:
        """Connect and take the positions.

        Raises SINETStream's ConnectionError, AuthorizationError or InvalidArgumentError.
        """
        consumer: Consumer = make_client(Consumer, {**self._conf, **self._callbacks()})
        self._consumer, self._closed = consumer, False
        try:
            self._wait_for_broker(consumer)
            self._take_positions(consumer)
        except BaseException:
            self.close()
            raise
        _logger.info("Kafka: reading from %s by librdkafka", self._conf["bootstrap.servers"])
        return self

    def _poll(self, client: Any, timeout_s: float) -> None:
        """Keep what librdkafka reports before the first read: it says once that a group is denied."""
        message = client.poll(timeout_s)
        if message is not None and (error := message.error()) is not None:
            self._early.append((error, message.topic()))

    def _take_positions(self, consumer: Consumer) -> None:
        if self._options.get("group_id") or self._options.get("group.id"):
            consumer.subscribe(self._topics)
            return
        reset = str(self._conf["auto.offset.reset"]) if self._says_where_to_start() else "latest"
        age_ms = int(self._conf.get("topic.metadata.refresh.interval.ms", 300_000))
        self._watch = TopicWatch(
            consumer, self._topics, from_beginning=reset == "earliest", age_s=age_ms / 1000
        )
        self._look_at_topics()

    def _says_where_to_start(self) -> bool:
        return "auto_offset_reset" in self._options or "auto.offset.reset" in self._options

    def _look_at_topics(self) -> None:
        if self._watch is not None and self._watch.look():
            self._connection.is_up()

    def _receive(self, timeout_s: float) -> Message | None:
        """The next message, or None after `timeout_s` or once closed. Raises on a denied read."""
        deadline_s = time.monotonic() + timeout_s
        while self._early:
            self._judge(*self._early.pop(0))
        while True:
            with self._in_use:
                consumer = self._consumer
                if self._closed or consumer is None:
                    return None
                if self._watch is not None and self._watch.is_due():
                    self._look_at_topics()
                left_s = deadline_s - time.monotonic()
                message = consumer.poll(max(0.0, min(_POLL_S, left_s)))
            if message is None:
                if self._connection.denied is not None:
                    raise read_failure(self._connection.denied, ", ".join(self._topics))
                if left_s <= 0:
                    return None
            elif (error := message.error()) is None:
                if self._connection.problem is not None:
                    self._connection.is_up()
                return message
            else:
                self._judge(error, message.topic())

    def _judge(self, error: KafkaError, topic: str | None) -> None:
        """What librdkafka reports in a message's place: raise it, or go on."""
        if error.code() == KafkaError.GROUP_AUTHORIZATION_FAILED and self._watch is not None:
            return  # no group is used; librdkafka looks for its coordinator all the same
        if error.fatal() or error.code() in (
            KafkaError.TOPIC_AUTHORIZATION_FAILED,
            KafkaError.GROUP_AUTHORIZATION_FAILED,
        ):
            raise read_failure(error, f"topic {topic}" if topic else ", ".join(self._topics))
        if error.code() in (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_PARTITION):
            if self._watch is not None and topic is not None:
                self._watch.forget(topic)
            return
        self._connection.on_error(error)

    def seek_to_beginning(self, retry: int = 200) -> None:
        """Go on with the oldest message. Raises SinetError after `retry` tenths of a second."""
        self._seek(retry, OFFSET_BEGINNING)

    def seek_to_end(self, retry: int = 200) -> None:
        """Go on with the next message that comes. Raises as `seek_to_beginning`."""
        self._seek(retry, OFFSET_END)

    def _seek(self, retry: int, offset: int) -> None:
        deadline_s = time.monotonic() + retry * _SEEK_RETRY_S
        while not self._sought(offset):
            if time.monotonic() >= deadline_s:
                raise SinetError(
                    f"no partition of {', '.join(self._topics)} was assigned to this reader within "
                    f"{retry * _SEEK_RETRY_S:.0f} s: {self.problem() or 'the broker does not answer'}"
                )
            threading.Event().wait(_SEEK_RETRY_S)

    def _sought(self, offset: int) -> bool:
        with self._in_use:
            consumer = self._consumer
            if consumer is None:
                raise SinetError("the reader is not open")
            if self._watch is not None:
                return self._watch.seek(offset)
            partitions = consumer.assignment()
            try:
                for partition in partitions:
                    consumer.seek(TopicPartition(partition.topic, partition.partition, offset))
            except KafkaException as exception:
                if kafka_error(exception).code() not in (KafkaError._STATE, KafkaError._TIMED_OUT):
                    raise read_failure(kafka_error(exception), ", ".join(self._topics)) from exception
                partitions = []  # it was assigned a moment ago and is not read yet
            if not partitions:
                consumer.poll(_SEEK_RETRY_S)  # joins the group; what it gives would be read again, or skipped
            return bool(partitions)

    def close(self) -> None:
        """Disconnect; ends a `__next__` that waits in another thread."""
        self._closed = True
        if not self._in_use.acquire(timeout=_CLOSE_S):
            _logger.error("a thread still reads %s; its connection stays open", ", ".join(self._topics))
            return
        try:
            consumer, self._consumer, self._watch = self._consumer, None, None
            if consumer is not None:
                consumer.close()
        finally:
            self._in_use.release()


class RdkafkaReader(BaseRdkafkaReader):
    """SINETStream's synchronous reader: an iterator that waits."""

    def __iter__(self) -> RdkafkaReader:
        return self

    def __next__(self) -> tuple[bytes, str, Record]:
        """Value, topic and record; StopIteration after `receive_timeout_ms` without a message."""
        message = self._receive(self._timeout_s if not math.isinf(self._timeout_s) else 1e9)
        if message is None:
            raise StopIteration
        record = Record(message)
        return record.value, record.topic, record
