"""The messages of one family in, its own way to its broker out: an outbox, a publisher, a sink.

Lanes share the memory in which messages wait and nothing else: a broker that is away, or a topic that
does not exist, holds up its own family only.
"""

from __future__ import annotations

import threading

from ss_camera.clock import Clock
from ss_camera.counters import Counters
from ss_camera.media import Family
from ss_camera.outbox import Outbox
from ss_camera.publisher import MAX_BYTES_IN_FLIGHT, Publisher
from ss_camera.settings.model import PublishSettings
from ss_camera.sinks.base import Sink

_PLURAL = {Family.STILL: "stills", Family.CLIP: "parts of clips", Family.EVENT: "events"}


class Lane:
    """`put` into `outbox`; `run` on a thread of its own empties it into the family's broker."""

    def __init__(
        self,
        family: Family,
        publish: PublishSettings,
        outbox: Outbox,
        sink: Sink,
        clock: Clock,
        counters: Counters,
    ) -> None:
        self.name = _PLURAL[family]
        self.outbox = outbox
        self.description = sink.description
        # what is in flight cannot be dropped for newer messages: at most a quarter of the queue for all
        most = publish.queue_bytes // 4 // len(publish.routes)
        self._publisher = Publisher(
            outbox,
            sink,
            clock,
            counters,
            again=publish.routes[family].consistency != "AT_MOST_ONCE",
            max_bytes=min(MAX_BYTES_IN_FLIGHT, most),
            name=self.name,
        )

    def run(self, drain: threading.Event, give_up: threading.Event) -> None:
        """Publish until `drain` is set and the outbox is empty, or until `give_up` is set."""
        self._publisher.run(drain, give_up)
