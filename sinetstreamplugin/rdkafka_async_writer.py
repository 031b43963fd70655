"""Messages in, a promise for each out: SINETStream's asynchronous writer on librdkafka."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from typing import Any

from confluent_kafka import Producer

from sinetstreamplugin.rdkafka_promise import LightPromise
from sinetstreamplugin.rdkafka_writer import BaseRdkafkaWriter

# Below 0.2 s: a longer poll of confluent-kafka returns only at its end. Measured at full rate, 15 KB frames:
# serving the reports in publish() too costs more CPU; serving them in batches costs 10 % less on the mock
# cluster and 10 % more on Apache Kafka.
_POLL_S = 0.19
_IDLE_S = 2.0  # how often an idle writer looks for news of its connection
_PROBE_S = 0.5
_JOIN_S = 7.0
_ROOM_S = 0.005
_logger = logging.getLogger(__name__)


class RdkafkaAsyncWriter(BaseRdkafkaWriter):
    """`publish` returns at once; one thread serves librdkafka's reports and settles the promises."""

    def __init__(self, confver: Any, params: dict[str, Any]) -> None:
        super().__init__(confver, params)
        self._news = threading.Event()
        self._asleep = False
        self._stopping = False
        self._thread: threading.Thread | None = None

    def _delivery_timeout_ms(self, conf: Mapping[str, Any]) -> int:
        """None: with idempotence librdkafka keeps the messages in order over an outage of any length.

        A message that timed out would have to be sent again behind those that followed it.
        """
        return 0

    def open(self) -> RdkafkaAsyncWriter:
        """As `BaseRdkafkaWriter.open`, and start the thread."""
        super().open()
        assert self._producer is not None
        self._stopping = False
        self._thread = threading.Thread(
            target=self._serve, args=(self._producer,), name=f"rdkafka {self._topic}", daemon=True
        )
        self._thread.start()
        return self

    def publish(self, message: bytes) -> LightPromise:
        """Hand over a message. The promise has a `Confirmation`, or one of SINETStream's exceptions.

        Blocks while librdkafka's memory (`buffer_memory`) is full, `max_block_ms` at most.
        """
        promise = LightPromise()
        self._send(message, promise)
        if self._asleep:
            self._news.set()
        return promise

    def _serve(self, producer: Producer) -> None:
        """Settle promises until there are none and the writer is closed."""
        # any question makes librdkafka connect, and get its producer id, at once and not 0.5 s later
        self._answers(producer, _PROBE_S)
        while len(producer) or not self._stopping:
            if len(producer):
                self._poll(producer, _POLL_S)
                continue
            self._asleep = True
            # publish() looks at _asleep after it has handed over: one of the two sees the other
            if not len(producer) and not self._stopping:
                self._news.wait(_IDLE_S)
            self._asleep = False
            self._news.clear()
            self._poll(producer, 0)
            self._look_whether_it_is_back(producer)

    def _look_whether_it_is_back(self, producer: Producer) -> None:
        """librdkafka tells that a connection is lost, and not that it is back: ask, where nothing waits."""
        if self._connection.problem is None or self._fatal is not None or len(producer):
            return
        self._answers(producer, _PROBE_S)

    def _may_wait(self) -> bool:
        """A handler on the serving thread would wait for itself."""
        return threading.current_thread() is not self._thread

    def _wait_for_room(self) -> None:
        threading.Event().wait(_ROOM_S)

    def _end(self, producer: Producer, timeout_s: float) -> None:
        on_own_thread = threading.current_thread() is self._thread
        if not on_own_thread:
            self._drain(producer, timeout_s)
        if len(producer):
            producer.purge()
        self._stopping = True
        self._news.set()
        if on_own_thread or self._thread is None:
            return  # a handler closes: the thread serves what is left, and the producer goes with it
        self._thread.join(_JOIN_S)
        if self._thread.is_alive():
            _logger.error("a handler of topic %s does not return; its connection stays open", self._topic)
            return
        super()._end(producer, 0.0)
