"""A broker's name in, a running broker of one's own out: librdkafka's mock cluster, or Apache Kafka."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench import children

_TOPIC_S = 20.0


class BrokerMissing(Exception):
    """This broker cannot run here; the message says why."""


@dataclass(frozen=True)
class Broker:
    """`pid` is the process that SIGSTOP silences."""

    name: str
    address: str
    pid: int

    @contextlib.contextmanager
    def topic(self, name: str) -> Iterator[str]:
        """A topic for one case: what it leaves behind must neither fill the disk nor slow the next one."""
        from confluent_kafka import Producer
        from confluent_kafka.admin import AdminClient, NewTopic  # type: ignore[attr-defined]

        if self.name == "mock":  # makes a topic when a producer asks for it, and keeps 5 MB of each
            Producer({"bootstrap.servers": self.address, "log_level": 2}).list_topics(name, timeout=_TOPIC_S)
            yield name
            return
        admin = AdminClient({"bootstrap.servers": self.address, "log_level": 2})
        admin.create_topics([NewTopic(name, 1)])[name].result(_TOPIC_S)
        try:
            yield name
        finally:
            admin.delete_topics([name])[name].result(_TOPIC_S)

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """The broker stands still: connections stay open and nothing is answered."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)


@contextlib.contextmanager
def mock() -> Iterator[Broker]:
    """librdkafka's mock cluster, as the demo has it."""
    with children.running([sys.executable, "-m", "ss_camera.mock_broker"]) as process:
        yield Broker("mock", str(children.first_line(process)["broker"]), process.pid)


@contextlib.contextmanager
def kafka() -> Iterator[Broker]:
    """The node of the tests. Raises `BrokerMissing` where Java or Kafka's jars are not to be had."""
    from scripts.kafka_jars import JarsMissing
    from scripts.kafka_node import KafkaFailed, KafkaNode

    with tempfile.TemporaryDirectory("-kafka") as folder, contextlib.ExitStack() as stack:
        try:
            node = stack.enter_context(KafkaNode(Path(folder)))
        except (JarsMissing, KafkaFailed) as error:
            raise BrokerMissing(str(error)) from error
        yield Broker("kafka", node.bootstrap, node.pid)


BROKERS = {"mock": mock, "kafka": kafka}


@contextlib.contextmanager
def loopback() -> Iterator[str]:
    """The address of a socket that answers each frame with four bytes."""
    with children.running(children.case("bench.brokers:serve_loopback")) as process:
        yield str(children.first_line(process)["address"])


def serve_loopback() -> dict[str, float]:
    """Reads frames behind a length of four bytes, connection after connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        print(f'{{"address": "127.0.0.1:{server.getsockname()[1]}"}}', flush=True)  # noqa: T201
        threading.Thread(target=lambda: _answer_all(server), daemon=True).start()
        sys.stdin.read()
    return {}


def _answer_all(server: socket.socket) -> None:
    buffer = memoryview(bytearray(1 << 20))
    while True:
        connection, _ = server.accept()
        with connection, contextlib.suppress(ConnectionError):
            while head := connection.recv(4, socket.MSG_WAITALL):
                (left,) = struct.unpack(">I", head)
                while left:
                    left -= connection.recv_into(buffer, min(left, len(buffer)))
                connection.sendall(head)
