"""Topics in, a callback for each of their messages out, in order: SINETStream's asynchronous reader."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from sinetstream.error import SinetError

from sinetstreamplugin.rdkafka_reader import BaseRdkafkaReader
from sinetstreamplugin.rdkafka_record import Record

OnMessage = Callable[[bytes, str, Record], None]
OnFailure = Callable[[Exception, "TracebackType | None"], None]

_ROUND_S = 3600.0
_JOIN_S = 5.0
_logger = logging.getLogger(__name__)


class RdkafkaAsyncReader(BaseRdkafkaReader):
    """Calls `on_message` one message after the other, and `on_failure` when reading is denied."""

    def __init__(self, confver: Any, params: dict[str, Any]) -> None:
        super().__init__(confver, params)
        self._on_message: OnMessage | None = None
        self._on_failure: OnFailure | None = None
        self._thread: threading.Thread | None = None

    @property
    def on_message(self) -> OnMessage | None:
        return self._on_message

    @on_message.setter
    def on_message(self, on_message: OnMessage | None) -> None:
        self._on_message = on_message
        self._start()

    @property
    def on_failure(self) -> OnFailure | None:
        return self._on_failure

    @on_failure.setter
    def on_failure(self, on_failure: OnFailure | None) -> None:
        self._on_failure = on_failure
        self._start()

    def open(self) -> RdkafkaAsyncReader:
        """As `BaseRdkafkaReader.open`; messages are read from when there is somebody to call."""
        super().open()
        self._start()
        return self

    def close(self) -> None:
        """As `BaseRdkafkaReader.close`; a callback may call it too."""
        super().close()
        thread, self._thread = self._thread, None
        if thread is not None and thread is not threading.current_thread():
            thread.join(_JOIN_S)

    def _start(self) -> None:
        if self._thread is None and not self._closed and (self._on_message or self._on_failure):
            name = f"rdkafka {self._topics[0]}"
            self._thread = threading.Thread(target=self._read, name=name, daemon=True)
            self._thread.start()

    def _read(self) -> None:
        while not self._closed:
            try:
                message = self._receive(_ROUND_S)
            except SinetError as error:
                _logger.error("%s", error)
                if self._on_failure is not None:
                    self._on_failure(error, error.__traceback__)
                return
            if message is not None and self._on_message is not None:
                self._hand_over(self._on_message, Record(message))

    def _hand_over(self, on_message: OnMessage, record: Record) -> None:
        try:
            on_message(record.value, record.topic, record)
        except Exception:  # the user's code: its fault ends no reading
            _logger.exception("a message of topic %s was not handled", record.topic)
