"""SINETStream's asynchronous MQTT writer, mended where a confirmation was lost and where sockets were left.

sinetstream-mqtt 1.10 registers a message's callback after paho has sent it: a PUBACK that is faster
finds none, and the promise never settles. And a publish without a connection is rejected although
paho keeps the message and sends it later. Both are seen at `publish`, so both are mended there.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from sinetstreamplugin.mqtt import MqttAsyncWriter


class ConfirmedMqttWriter(MqttAsyncWriter):  # type: ignore[misc]  # the base ships no types
    """`MqttAsyncWriter` whose promises all settle once the broker confirms."""

    def __init__(self, confver: object, params: dict[str, object]) -> None:
        super().__init__(confver, params)
        self._early: set[int] = set()
        self._early_lock = threading.Lock()

    def is_connected(self) -> bool:
        """Whether a publish now goes to the broker; paho reconnects by itself."""
        return bool(self._mqttc.is_connected())

    def close(self) -> None:
        """As SINETStream's, and close the pair of sockets by which paho wakes its thread.

        paho 1.6 leaves that to the collector of cycles, and a camera makes a client for each reconnection.
        """
        super().close()
        self._mqttc._reset_sockets()

    def _on_publish(self, client: Any, userdata: Any, mid: int) -> None:
        with self._early_lock:
            entry = self._callbacks.pop(mid, None)
            if entry is None:
                self._early.add(mid)
        if entry is not None:
            callback, info = entry
            callback(info)

    def _add_on_publish(self, msg_info: Any, callback: Callable[[Any], None]) -> None:
        with self._early_lock:
            confirmed = msg_info.mid in self._early
            self._early.discard(msg_info.mid)
            if not confirmed:
                super()._add_on_publish(msg_info, callback)
        if confirmed:
            callback(msg_info)


def register() -> None:
    """Let SINETStream's name `mqtt` mean this writer in this process."""
    from sinetstream import AsyncMessageWriter

    AsyncMessageWriter.registry.register("mqtt", _EntryPoint)


class _EntryPoint:
    @staticmethod
    def load() -> type[ConfirmedMqttWriter]:
        return ConfirmedMqttWriter
