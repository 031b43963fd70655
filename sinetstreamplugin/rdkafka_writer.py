"""Messages in, to Kafka through librdkafka; a confirmation or an exception for each out."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from confluent_kafka import KafkaError, KafkaException, Message, Producer
from sinetstream import AT_MOST_ONCE
from sinetstream.error import ConnectionError, InvalidMessageError, SinetError

from sinetstreamplugin.rdkafka_client import RdkafkaClient, make_client
from sinetstreamplugin.rdkafka_errors import is_denied, kafka_error, publish_failure
from sinetstreamplugin.rdkafka_options import Side
from sinetstreamplugin.rdkafka_promise import LightPromise

BUFFER_KBYTES = 32 * 1024
"""What may wait in memory: kafka-python's default of `buffer_memory`; librdkafka's is 1 GiB."""

_MAX_REQUEST_BYTES = 1_048_576
_DELIVERY_TIMEOUT_MS = 30_000
_MAX_BLOCK_MS = 60_000
_CLOSE_TIMEOUT_MS = 10_000
_PURGE_S = 5.0  # what a purge leaves is reported within milliseconds
# From 200 ms on, confluent-kafka wakes up five times a second to look for signals, and returns only at
# the end of the time; below, it returns with the first event.
_SYNC_POLL_S = 0.19
# A broker refuses a batch as a whole: with librdkafka's 1 MB, pictures close behind each other would be
# refused by a topic with a lower limit although each is small enough; no useful limit is under this.
# kafka-python's 16 KB costs four times the CPU at 15 KB a picture.
_BATCH_BYTES = 131_072
# With idempotence librdkafka spins while messages wait and five are on their way: 0.41 s of CPU for 1000
# frames of 100 KB on Apache Kafka, 2.7 s at 900 KB. With four requests, and large messages alone in their
# batch as _BATCH_BYTES has it, it sleeps: 0.10 s and 0.6 s, with 1.8 times the throughput.
_REQUESTS = 4
_logger = logging.getLogger(__name__)


class Confirmation(NamedTuple):
    """Where the broker put a message; the fields that kafka-python's RecordMetadata has too."""

    topic: str
    partition: int
    offset: int
    timestamp: int


class BaseRdkafkaWriter(RdkafkaClient):
    """The producer, and what happens to a message that it reports on."""

    side = Side.WRITER

    def __init__(self, confver: Any, params: dict[str, Any]) -> None:
        super().__init__(confver, params)
        key = self._own.get("message_key")
        self._key: bytes | None = key.encode() if key is not None else None
        self._ends_at_failure = self._own.get("end_at_failure") == "true"
        self._topic: str = params["topic"]
        self._producer: Producer | None = None
        self._fatal: KafkaError | None = None
        self._unexplained: list[LightPromise] = []  # failed fatally; why is told by the poll that comes next
        # a message must not reach a producer that close() has emptied: destroying it would wait for ever
        self._lock = threading.Lock()

    def _defaults(self, conf: Mapping[str, Any]) -> dict[str, Any]:
        largest = int(conf.get("message.max.bytes", _MAX_REQUEST_BYTES))
        defaults: dict[str, Any] = {
            "linger.ms": 0,  # the default of 5 ms makes 1,349 frames a second of 8,077
            "batch.size": _BATCH_BYTES,
            "partitioner": "murmur2_random",  # Java's and kafka-python's
            "message.max.bytes": largest,
            "queue.buffering.max.kbytes": max(BUFFER_KBYTES, 2 * largest // 1024),
        }
        if self._params["consistency"] == AT_MOST_ONCE:
            return {**defaults, "acks": 0, "retries": 0, "message.timeout.ms": _DELIVERY_TIMEOUT_MS}
        defaults["message.timeout.ms"] = self._delivery_timeout_ms(conf)
        defaults["acks"] = "all"
        if _allows_idempotence(conf):
            # order and no repeats over every retry, at no measurable cost
            numbered = {"enable.idempotence": "true", "max.in.flight.requests.per.connection": _REQUESTS}
            return {**defaults, **numbered}
        # without idempotence a retry may overtake: one request at a time keeps the order
        return {**defaults, "max.in.flight.requests.per.connection": 1}

    def _delivery_timeout_ms(self, conf: Mapping[str, Any]) -> int:
        raise NotImplementedError

    def _probe_topic(self) -> str:
        return self._topic

    def open(self) -> BaseRdkafkaWriter:
        """Connect. Raises SINETStream's ConnectionError, AuthorizationError or InvalidArgumentError."""
        producer: Producer = make_client(Producer, {**self._conf, **self._callbacks()})
        try:
            self._wait_for_broker(producer)
            if self._fatal is not None:
                raise self._ended()
        except SinetError:
            _destroy(producer)
            raise
        self._producer = producer
        _logger.info("Kafka: writing to %s by librdkafka", self._conf["bootstrap.servers"])
        return self

    def metrics(self) -> Any:
        """How many messages wait for their confirmation, and librdkafka's statistics if there are any."""
        producer = self._producer
        return {"waiting": len(producer) if producer is not None else 0, "statistics": self._statistics}

    def _send(self, message: bytes, promise: LightPromise) -> None:
        """Hand over one message; what is wrong at once rejects the promise at once."""
        deadline_s: float | None = None
        while not self._produced(message, promise):
            if deadline_s is None:
                deadline_s = time.monotonic() + self._own_ms("max_block_ms", _MAX_BLOCK_MS)
            if time.monotonic() >= deadline_s or not self._may_wait():
                promise.reject(self._failure(KafkaError(KafkaError._QUEUE_FULL)))
                return
            self._wait_for_room()

    def _produced(self, message: bytes, promise: LightPromise) -> bool:
        """Whether that is settled or will be; False when librdkafka's memory is full."""
        try:
            with self._lock:
                producer = self._producer
                if producer is None or self._fatal is not None:
                    promise.reject(self._ended())
                    return True
                producer.produce(self._topic, message, self._key, -1, partial(self._report, promise))
        except BufferError:
            return False
        except KafkaException as exception:
            error = kafka_error(exception)
            if self._is_unexplained(error):
                return False
            promise.reject(self._ended() if error.fatal() else self._failure(error, limit="client"))
        return True

    def _is_unexplained(self, error: KafkaError) -> bool:
        """Whether librdkafka says no more than that it has ended: "Local: Fatal error"."""
        return error.code() == KafkaError._FATAL and self._fatal is None

    def _failure(self, error: KafkaError, *, limit: str = "broker") -> SinetError:
        """Why a message was not delivered. With `end_at_failure` it is the last that this writer took.

        A message that is at fault itself (too large, invalid) ends nothing.
        """
        failure = publish_failure(error, self._topic, limit=limit)
        if self._ends_at_failure and not isinstance(failure, InvalidMessageError):
            with self._lock:
                self._fatal = self._fatal or error
        return failure

    def _report(self, promise: LightPromise, error: KafkaError | None, message: Message) -> None:
        """librdkafka's delivery report; called once a message, and it must not raise."""
        if error is not None:
            if error.code() in (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT):
                promise.reject(self._ended())
                return
            if self._is_unexplained(error):
                self._unexplained.append(promise)
                return
            took = self._fatal is None
            failure = self._failure(error)
            if took and self._fatal is not None and (producer := self._producer) is not None:
                # before anybody hears of the failure: librdkafka would go on with what waits behind it,
                # and it would arrive in front of the message that is sent again
                producer.purge()
            promise.reject(failure)
            return
        if self._connection.problem is not None or not self._connection.was_up:
            self._connection.is_up()
        _, timestamp = message.timestamp()
        promise.fulfill(Confirmation(self._topic, message.partition() or 0, message.offset() or 0, timestamp))

    def _ended(self) -> SinetError:
        """Why this writer takes nothing more. A new exception each time: raising one changes it."""
        if self._fatal is not None:
            return publish_failure(self._fatal, self._topic)
        return ConnectionError(f"the writer was closed before topic {self._topic} confirmed the message")

    def problem(self) -> str | None:
        """As `RdkafkaClient.problem`; a fatal error stays, whether or not the broker answers others."""
        return super().problem() if self._fatal is None else str(self._ended())

    def denied(self) -> SinetError | None:
        """As `RdkafkaClient.denied`; also where librdkafka ended the writer for its rights."""
        fatal = self._fatal
        return self._ended() if fatal is not None and is_denied(fatal) else super().denied()

    def _poll(self, producer: Producer, timeout_s: float) -> None:
        """Serve delivery reports. A fatal error ends the producer: all that waits is rejected."""
        try:
            producer.poll(timeout_s)
        except KafkaException as exception:
            error = kafka_error(exception)
            with self._lock:
                self._fatal = self._fatal or error
            self._connection.problem = str(self._ended())
            _logger.error("%s; open a new writer", self._connection.problem)
            self._reject_unexplained()
            producer.purge()

    def _reject_unexplained(self) -> None:
        while self._unexplained:
            self._unexplained.pop(0).reject(self._ended())

    def _may_wait(self) -> bool:
        return True

    def _wait_for_room(self) -> None:
        raise NotImplementedError

    def close(self) -> None:
        """Wait for confirmations up to `close_timeout_ms`, reject what has none, and disconnect."""
        with self._lock:
            producer, self._producer = self._producer, None
        if producer is not None:
            self._end(producer, self._own_ms("close_timeout_ms", _CLOSE_TIMEOUT_MS))

    def _end(self, producer: Producer, timeout_s: float) -> None:
        self._drain(producer, timeout_s)
        if len(producer):
            producer.purge()
            self._drain(producer, _PURGE_S)
        self._reject_unexplained()
        _destroy(producer)

    def _drain(self, producer: Producer, timeout_s: float) -> None:
        """Serve reports until none is due, at most `timeout_s`."""
        deadline_s = time.monotonic() + timeout_s
        while len(producer) and (left_s := deadline_s - time.monotonic()) > 0:
            self._poll(producer, min(_SYNC_POLL_S, left_s))


class RdkafkaWriter(BaseRdkafkaWriter):
    """SINETStream's synchronous writer: `publish` returns when the broker has confirmed."""

    def __init__(self, confver: Any, params: dict[str, Any]) -> None:
        super().__init__(confver, params)
        # one message at a time: whoever polls is given the reports of all
        self._turn = threading.Lock()

    def _delivery_timeout_ms(self, conf: Mapping[str, Any]) -> int:
        """`publish` must not block for ever."""
        return max(_DELIVERY_TIMEOUT_MS, int(conf.get("request.timeout.ms", 0)))

    def _wait_for_room(self) -> None:
        if self._producer is not None:
            self._poll(self._producer, 0.01)

    def publish(self, message: bytes) -> Confirmation:
        """Publish and wait. Raises SINETStream's errors; ConnectionError after 30 s without confirmation."""
        promise = LightPromise()
        with self._turn:
            self._send(message, promise)
            while promise.is_pending and (producer := self._producer) is not None:
                self._poll(producer, _SYNC_POLL_S)
        # pending only where close() has come between; it settles what waits
        confirmation: Confirmation = promise.get(
            self._own_ms("close_timeout_ms", _CLOSE_TIMEOUT_MS) + _PURGE_S
        )
        return confirmation

    def _end(self, producer: Producer, timeout_s: float) -> None:
        with self._turn:  # publish() polls the producer until it sees that the writer is closed
            super()._end(producer, timeout_s)

    def problem(self) -> str | None:
        """As `RdkafkaClient.problem`; nobody else hears librdkafka between two publishes."""
        if self._producer is not None and self._turn.acquire(blocking=False):
            try:
                self._poll(self._producer, 0)
            finally:
                self._turn.release()
        return super().problem()


def _allows_idempotence(conf: Mapping[str, Any]) -> bool:
    """Whether the user's options leave librdkafka free to number the messages, or ask for it."""
    if "enable.idempotence" in conf:
        return str(conf["enable.idempotence"]).lower() == "true"
    acks = str(conf.get("acks", conf.get("request.required.acks", "all")))
    in_flight = conf.get("max.in.flight.requests.per.connection", conf.get("max.in.flight", 1))
    retries = conf.get("retries", conf.get("message.send.max.retries", 1))
    return acks in ("all", "-1") and int(in_flight) <= 5 and int(retries) > 0


def _destroy(producer: Producer) -> None:
    if len(producer):
        # its close() would wait for these without end
        _logger.error("librdkafka keeps %d messages that it does not report on", len(producer))
        return
    producer.close()
