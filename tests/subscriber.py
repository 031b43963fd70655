"""A SINETStream subscriber that keeps what it read: the witness of what arrived."""

from __future__ import annotations

import contextlib
import threading
from types import TracebackType
from typing import Any

import sinetstream

from sinetstreamplugin import rdkafka
from ss_camera import message


class Subscriber:
    """Reads `topic` from its beginning on a thread of its own, until the block ends."""

    def __init__(self, **parameters: Any) -> None:
        rdkafka.register("rdkafka")
        options: dict[str, Any] = {
            "type": "rdkafka",
            "receive_timeout_ms": 500,
            "type_spec": {},
            **parameters,
        }
        self._reader = sinetstream.MessageReader(no_config=True, value_type=sinetstream.BYTE_ARRAY, **options)
        self._from_start = options["type"] == "rdkafka"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self.messages: list[Any] = []

    def __enter__(self) -> Subscriber:
        self._reader.open()
        if self._from_start:
            self._reader.seek_to_beginning()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(10.0)
        with contextlib.suppress(sinetstream.SinetError):
            self._reader.close()

    @property
    def identities(self) -> list[message.Identity]:
        """Who sent what was read, in the order of arrival."""
        found = (message.read(each.value).identity for each in list(self.messages))
        return [identity for identity in found if identity is not None]

    def seqs(self, camera: str) -> list[int]:
        """The numbers of one camera, in the order of arrival."""
        return [identity.seq for identity in self.identities if identity.camera == camera]

    def _read(self) -> None:
        while not self._stop.is_set():
            for each in self._reader:  # ends after receive_timeout_ms of silence
                self.messages.append(each)
                if self._stop.is_set():
                    return
