#!/usr/bin/env python3
"""A folder in, one Apache Kafka KRaft node on loopback out: for tests, measurements and people.

By hand: `scripts/kafka_node.py` prints its addresses as one JSON line and runs until Ctrl-C.
Needs Java 17, and Maven the first time. It is no broker for real use: whoever reaches the PLAINTEXT
listener may do everything.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import FrameType, MappingProxyType, TracebackType

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts import kafka_jars
from scripts.free_port import free_port
from scripts.kafka_tls import TlsFiles, make_tls_files

START_DEADLINE_S = 60.0
STOP_DEADLINE_S = 20.0
USERS: Mapping[str, str] = MappingProxyType({"cam": "pw", "viewer": "pw2"})
"""Names and passwords of the SASL_SSL listener; the client certificate's name is `cam`."""

_READY_LINE = "Kafka Server started"
# The node ends with whoever started it, also when that is killed: PR_SET_PDEATHSIG is 1.
_LAUNCH = (
    "import ctypes,os,sys; ctypes.CDLL(None).prctl(1, 9, 0, 0, 0); "
    "os.getppid() == int(sys.argv[1]) or sys.exit(1); os.execvp(sys.argv[2], sys.argv[2:])"
)
_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listeners=PLAINTEXT://127.0.0.1:{plaintext},CONTROLLER://127.0.0.1:{controller},\
SSL://127.0.0.1:{ssl},SASL_SSL://127.0.0.1:{sasl_ssl}
advertised.listeners=PLAINTEXT://127.0.0.1:{plaintext},SSL://localhost:{ssl},SASL_SSL://localhost:{sasl_ssl}
listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_SSL:SASL_SSL
log.dirs={folder}/kraft
num.partitions=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# a node that was killed waits out its own old session: 14 s without these two, 5 s with them
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
message.max.bytes={message_max_bytes}
log.retention.bytes=268435456
log.segment.bytes=67108864
ssl.keystore.type=PEM
ssl.keystore.location={tls.server}
ssl.truststore.type=PEM
ssl.truststore.location={tls.ca}
listener.name.ssl.ssl.client.auth=required
ssl.principal.mapping.rules=RULE:^.*CN=([^,]+).*$/$1/,DEFAULT
sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256
listener.name.sasl_ssl.plain.sasl.jaas.config=\
org.apache.kafka.common.security.plain.PlainLoginModule required {plain_users};
listener.name.sasl_ssl.scram-sha-256.sasl.jaas.config=\
org.apache.kafka.common.security.scram.ScramLoginModule required;
authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
allow.everyone.if.no.acl.found=false
"""


class KafkaFailed(RuntimeError):
    """The node did not start or ended; the message has the end of its log."""


class KafkaNode:
    """One broker process; its log survives `kill` and `stop`, so that `start` goes on with it.

    Start it on a thread that lives as long as the node: the kernel ends the node with that thread.
    `bootstrap` is the PLAINTEXT listener (everything is allowed), `bootstrap_ssl` wants a client
    certificate, `bootstrap_sasl_ssl` takes PLAIN and SCRAM-SHA-256; those two need ACLs.
    """

    def __init__(self, folder: Path, *, message_max_bytes: int = 20_971_520) -> None:
        self.folder = folder
        self.users = dict(USERS)
        self.log = folder / "kafka.log"
        self.tls: TlsFiles = make_tls_files(folder / "tls", client_name=next(iter(USERS)))
        self._message_max_bytes = message_max_bytes
        self._ports = {name: free_port() for name in ("plaintext", "ssl", "sasl_ssl", "controller")}
        self._libs = kafka_jars.fetch()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self._ports['plaintext']}"

    @property
    def bootstrap_ssl(self) -> str:
        return f"localhost:{self._ports['ssl']}"

    @property
    def bootstrap_sasl_ssl(self) -> str:
        return f"localhost:{self._ports['sasl_ssl']}"

    def describe(self) -> dict[str, object]:
        """All that a client must know."""
        addresses = {
            "bootstrap": self.bootstrap,
            "ssl": self.bootstrap_ssl,
            "sasl_ssl": self.bootstrap_sasl_ssl,
        }
        return {**addresses, "folder": str(self.folder), "users": self.users}

    @property
    def pid(self) -> int:
        assert self._process is not None, "the node is not running"
        return self._process.pid

    def __enter__(self) -> KafkaNode:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it takes connections. Raises `KafkaFailed` after 60 s, or when it ends."""
        assert self._process is None, "the node is running already"
        properties = self.folder / "server.properties"
        if not properties.exists():
            self._format(properties)
        start = self.log.stat().st_size if self.log.exists() else 0
        self._process = self._launch("kafka.Kafka", str(properties))
        try:
            self._wait_until_ready(start)
        except KafkaFailed:
            self.kill()
            raise

    def stop(self) -> None:
        """SIGTERM, and SIGKILL for a node that has not ended within 20 s. Does nothing when it is stopped."""
        if self._process is None:
            return
        self.resume()
        self._process.terminate()
        try:
            self._process.wait(STOP_DEADLINE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def kill(self) -> None:
        """SIGKILL, as a crash: no goodbye, and the log as it was."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """SIGSTOP: connections stay open and nothing answers."""
        os.kill(self.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT; harmless when it is not paused."""
        os.kill(self.pid, signal.SIGCONT)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Paused for the length of the block."""
        self.pause()
        try:
            yield
        finally:
            self.resume()

    def _format(self, properties: Path) -> None:
        plain = " ".join(f'user_{name}="{password}"' for name, password in self.users.items())
        settings = {"folder": self.folder, "tls": self.tls, "message_max_bytes": self._message_max_bytes}
        cluster = "ss-" + base64.urlsafe_b64encode(os.urandom(15)).decode()[:19]
        part = properties.with_suffix(".part")
        part.write_text(_PROPERTIES.format(plain_users=plain, **self._ports, **settings))
        arguments = ["format", "-t", cluster, "-c", str(part), "--ignore-formatted"]
        for name, password in self.users.items():
            arguments += ["--add-scram", f"SCRAM-SHA-256=[name={name},password={password}]"]
        process = self._launch("kafka.tools.StorageTool", *arguments)
        if process.wait(START_DEADLINE_S):
            raise KafkaFailed(f"Kafka's log could not be formatted:\n{self._end_of_log()}")
        part.rename(properties)

    def _launch(self, *arguments: str) -> subprocess.Popen[bytes]:
        java = shutil.which("java")
        if java is None:
            raise KafkaFailed("Java is not installed: Kafka needs version 17 or later")
        command = [java, "-Xmx512m", "-cp", f"{self._libs}/*", *arguments]
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 - our own command
                [sys.executable, "-c", _LAUNCH, str(os.getpid()), *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
            )

    def _wait_until_ready(self, start: int) -> None:
        deadline_s = time.monotonic() + START_DEADLINE_S
        assert self._process is not None
        while _READY_LINE not in self._said_since(start) or not self._takes_connections():
            if self._process.poll() is not None:
                raise KafkaFailed(f"Kafka ended with {self._process.returncode}:\n{self._end_of_log()}")
            if time.monotonic() > deadline_s:
                raise KafkaFailed(
                    f"Kafka was not ready within {START_DEADLINE_S:.0f} s:\n{self._end_of_log()}"
                )
            time.sleep(0.05)

    def _takes_connections(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self._ports["plaintext"]), timeout=1.0).close()
        except OSError:
            return False
        return True

    def _said_since(self, start: int) -> str:
        with self.log.open("rb") as log:
            log.seek(start)
            return log.read().decode(errors="replace")

    def _end_of_log(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def main() -> int:
    """Run a node until a signal, or for a while."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--folder", type=Path, help="keeps the log there (default: a folder that is removed)")
    parser.add_argument("--seconds", type=float, help="ends by itself after that time")
    parser.add_argument("--message-max-bytes", type=int, default=20_971_520, metavar="N")
    arguments = parser.parse_args()
    stop = threading.Event()

    def on_signal(number: int, frame: FrameType | None) -> None:
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    with contextlib.ExitStack() as stack:
        folder = arguments.folder or Path(stack.enter_context(tempfile.TemporaryDirectory("-kafka")))
        try:
            node = KafkaNode(folder.resolve(), message_max_bytes=arguments.message_max_bytes)
            stack.enter_context(node)
        except (KafkaFailed, kafka_jars.JarsMissing) as error:
            sys.exit(f"kafka_node: {error}")
        print(json.dumps(node.describe()), flush=True)  # noqa: T201 - the interface
        stop.wait(arguments.seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
