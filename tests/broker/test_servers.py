"""The servers that other tests stand on do what they are used for."""
# mypy: disable-error-code="attr-defined"
# (confluent_kafka.admin re-exports its names without saying so)

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType

from scripts.kafka_node import KafkaNode
from tests.kafka_topics import Topics
from tests.parts import REQUIRE_ALL, need

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_node_takes_a_message_on_a_topic_with_its_own_limit(kafka: KafkaNode, topics: Topics) -> None:
    """Topics have the partitions and the configuration that a test asks for."""
    topic = topics.make(partitions=3, max_message_bytes=12345)
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    assert len(admin.list_topics(topic, timeout=10).topics[topic].partitions) == 3
    resource = ConfigResource(ResourceType.TOPIC, topic)
    config = admin.describe_configs([resource])[resource].result(10)
    assert config["max.message.bytes"].value == "12345"


def test_the_nodes_other_listeners_answer(kafka: KafkaNode) -> None:
    """A person with the client's certificate, and one with a password, both get in."""
    tls = {"ssl.ca.location": str(kafka.tls.ca), "ssl.endpoint.identification.algorithm": "https"}
    certificate = {
        "ssl.certificate.location": str(kafka.tls.client_certificate),
        "ssl.key.location": str(kafka.tls.client_key),
    }
    password = {"sasl.mechanism": "SCRAM-SHA-256", "sasl.username": "cam", "sasl.password": "pw"}
    for bootstrap, protocol, more in (
        (kafka.bootstrap_ssl, "SSL", certificate),
        (kafka.bootstrap_sasl_ssl, "SASL_SSL", password),
        (kafka.bootstrap_sasl_ssl, "SASL_SSL", {**password, "sasl.mechanism": "PLAIN"}),
    ):
        settings: dict[str, str | int | float | bool] = {
            "bootstrap.servers": bootstrap,
            "security.protocol": protocol,
            **tls,
            **more,
        }
        assert AdminClient(settings).list_topics(timeout=10).brokers


def test_the_mock_cluster_answers(mock_cluster: str) -> None:
    """The address that it prints is the address of a broker."""
    assert Producer({"bootstrap.servers": mock_cluster}).list_topics(timeout=10).brokers


@pytest.mark.parametrize("end", ["time", "end of input", "SIGTERM"])
def test_the_mock_broker_ends(end: str) -> None:
    """It ends by itself after its time, with the end of its input, and on SIGTERM: exit code 0."""
    command = [sys.executable, "-m", "ss_camera.mock_broker", "--seconds", "0.1" if end == "time" else "100"]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True, cwd=ROOT) as broker:
        assert broker.stdout is not None
        assert broker.stdin is not None
        assert json.loads(broker.stdout.readline())["broker"].startswith("127.0.0.1:")
        if end == "end of input":
            broker.stdin.close()
        elif end == "SIGTERM":
            broker.terminate()
        assert broker.wait(20) == 0


def test_the_mock_broker_runs_on_without_a_pipe() -> None:
    """With /dev/null for input (nohup, systemd) it does not take the end of input for a stop."""
    command = [sys.executable, "-m", "ss_camera.mock_broker", "--seconds", "100"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT
    ) as broker:
        assert broker.stdout is not None
        address = json.loads(broker.stdout.readline())["broker"]
        try:
            assert Producer({"bootstrap.servers": address}).list_topics(timeout=10).brokers
        finally:
            broker.terminate()


def test_a_missing_part_skips_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its test is skipped with a reason, and fails with the same reason where everything is required."""
    monkeypatch.delenv(REQUIRE_ALL, raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs the Python module no_such_part"):
        need("java", "no_such_part")
    monkeypatch.setenv(REQUIRE_ALL, "1")
    with pytest.raises(pytest.fail.Exception, match="needs the Python module no_such_part"):
        need("no_such_part")


def test_mosquitto_and_moto_take_connections(mosquitto: tuple[str, int], moto: str) -> None:
    """Both are up when a test gets their address."""
    socket.create_connection(mosquitto, timeout=5).close()
    host, port = moto.removeprefix("http://").split(":")
    socket.create_connection((host, int(port)), timeout=5).close()


def test_a_killed_node_goes_on_with_its_log(kafka: KafkaNode, topics: Topics) -> None:
    """A topic made before a crash is there after it, on the same address."""
    topic, pid = topics.make(partitions=2), kafka.pid
    kafka.kill()
    kafka.start()
    assert kafka.pid != pid
    assert not os.path.exists(f"/proc/{pid}")
    admin = AdminClient({"bootstrap.servers": kafka.bootstrap})
    assert len(admin.list_topics(topic, timeout=20).topics[topic].partitions) == 2
