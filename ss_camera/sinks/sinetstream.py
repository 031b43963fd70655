"""Messages of one family in, published through SINETStream's asynchronous writer; results back.

SINETStream keeps its framing, encryption, compression and metrics; the configuration is handed over
in memory (`no_config=True`), so that no password is written to a file.
"""

from __future__ import annotations

import copy
import itertools
import logging
import threading
from collections.abc import Callable
from typing import Any

import sinetstream

from ss_camera.clock import Clock
from ss_camera.errors import SinkError, SinkUnavailable
from ss_camera.media import Family, Message
from ss_camera.settings.model import PublishSettings, Route
from ss_camera.sinks import kafka_client
from ss_camera.sinks.base import OnResult
from ss_camera.sinks.configured_writer import ConfiguredWriter
from ss_camera.sinks.verdict import judge, place

# at DEBUG these print passwords and the AES key, at INFO each connection, at ERROR a traceback for each
# try to connect; what matters of it is said here in a sentence
_TALKATIVE = ("sinetstream", "sinetstreamplugin", "kafka", "paho", "botocore", "boto3", "urllib3")

_logger = logging.getLogger(__name__)


class SinetStreamSink:
    """The SINETStream writer of one route: nothing is shared with the sink of another family."""

    def __init__(
        self, publish: PublishSettings, camera: str, clock: Clock, family: Family = Family.STILL
    ) -> None:
        self._publish = publish
        self._camera = camera
        self._clock = clock
        self._writer: Any = None
        self._attempts = itertools.count()
        self._outstanding: dict[int, Callable[[SinkError | None], None]] = {}
        self._connected: Callable[[], bool] = _always
        self._route = route = publish.routes[family]
        self._size_setting = ("" if family is Family.STILL else f"{family.upper()}_") + "SS_MAX_REQUEST_SIZE"
        self._client = kafka_client.choose(publish.kafka_client) if route.type == "kafka" else route.type
        self.max_in_flight = _max_in_flight(route, self._client)
        self.description = f"{place(route)}, topic {route.topic}, by {self._client}, {route.consistency}"
        if publish.config_server is not None:
            self.description = f"what the config server says of {publish.config_server.name}"
            self._size_setting = f"max_request_size of {publish.config_server.name}"
        _register(route, self._client)

    def open(self) -> None:
        try:
            writer = self._make_writer()
            _quieten()
            writer.open()
        except SinkError:
            raise
        except Exception as error:  # a plugin may raise anything; it is waited out
            raise self._verdict(error) from error
        self._writer = writer
        if self._publish.config_server is not None:
            self._route = _route_of(writer)
        self._connected = getattr(writer._debug_get_plugin(), "is_connected", _always)

    def publish(self, message: Message, on_result: OnResult) -> None:
        key = next(self._attempts)  # not the message: a late result of an old attempt is not this one's

        def settle(error: SinkError | None) -> None:
            # one step of the interpreter, so that of two results only the first is told; one that comes
            # after close() has given up on the message is too late
            if self._outstanding.pop(key, None) is not None:
                on_result(message, error)

        self._outstanding[key] = settle
        if not self._connected():
            settle(SinkUnavailable(f"{place(self._route)} is not connected"))
            return
        # half a microsecond more, so that SINETStream's int(seconds * 1e6) gives back what was taken
        timestamp_s = (message.captured_us + 0.5) / 1e6
        try:
            promise = self._writer.publish(message.payload, timestamp=timestamp_s)
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything; it is the message's result
            settle(self._verdict(error))
            return
        promise.then(lambda _: settle(None), lambda error: settle(self._verdict(error)))

    def problem(self) -> SinkError | None:
        plugin = self._writer._debug_get_plugin() if self._writer is not None else None
        if denied := _asked(plugin, "denied"):
            return self._verdict(denied)
        if problem := _asked(plugin, "problem"):
            return SinkUnavailable(f"{place(self._route)}: {problem}")
        return None if self._connected() else SinkUnavailable(f"{self.description} is not connected")

    def close(self, timeout_s: float) -> None:
        deadline_s = self._clock.monotonic_s() + timeout_s
        tick = threading.Event()
        while self._outstanding and self._clock.monotonic_s() < deadline_s:
            self._clock.wait(tick, 0.02)
        if self._writer is not None:
            if self._client == kafka_client.KAFKA_PYTHON:
                kafka_client.abandon(self._writer._debug_get_plugin())
            try:
                self._writer.close()
            except Exception as error:  # noqa: BLE001 - a plugin may raise anything, and this must not
                _logger.debug("closing failed: %s", error)
        self._writer, self._connected = None, _always
        for settle in list(self._outstanding.values()):
            settle(SinkUnavailable("the connection was closed before the broker confirmed"))

    def _verdict(self, error: BaseException) -> SinkError:
        return judge(error, self._route, self._size_setting)

    def _make_writer(self) -> Any:
        server, route = self._publish.config_server, self._route
        if server is not None:
            return ConfiguredWriter(server, self._client, self._camera)
        type_spec = route.type_spec
        if route.type == "kafka":
            type_spec = kafka_client.type_spec(self._client, route, self._camera)
        return sinetstream.AsyncMessageWriter(
            no_config=True,
            type=route.type,
            topic=route.topic,
            consistency=route.consistency,
            value_type=sinetstream.BYTE_ARRAY,
            # SINETStream and its plugins write their defaults into nested values
            type_spec=copy.deepcopy(dict(type_spec)),
            **copy.deepcopy(dict(route.common)),
        )


def _always() -> bool:
    """A client that does not know whether it is connected finds out by publishing."""
    return True


def _asked(plugin: Any, question: str) -> Any:
    """What our own plugins answer; SINETStream's know neither question."""
    return getattr(plugin, question, lambda: None)()


def _quieten() -> None:
    """Also the loggers that plugins make when they are loaded: that of S3 sets itself to DEBUG."""
    quiet = logging.INFO if logging.getLogger().isEnabledFor(logging.DEBUG) else logging.CRITICAL
    for name in {*_TALKATIVE, *logging.root.manager.loggerDict}:
        if name.split(".")[0] in _TALKATIVE:
            logging.getLogger(name).setLevel(quiet)


def _route_of(writer: Any) -> Route:
    """The route that the config server gave a writer."""
    params = writer.params
    brokers = {"brokers": params["brokers"]} if "brokers" in params else {}
    return Route(params["type"], writer.topic, writer.consistency.name, brokers, params.get("type_spec", {}))


def _max_in_flight(route: Route, client: str) -> int:
    if route.type == "kafka":
        return kafka_client.max_in_flight(client)
    return 16 if route.type == "mqtt" else 1


def _register(route: Route, client: str) -> None:
    if route.type == "kafka":
        kafka_client.take_name(client)
    elif route.type == "mqtt":
        from ss_camera.sinks import mqtt_writer

        mqtt_writer.register()
