"""SSCFG_NAME: the config server says where the pictures go and how they are encrypted, to both sides."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.free_port import free_port
from tests.config_server import ConfigServer, serving
from tests.kafka_topics import new_name
from tests.program import DRAWN, Program, wait_until
from tests.subscriber import Subscriber

KEY = bytes(range(32))
CRYPTO = {
    "algorithm": "AES",
    "key_length": 256,
    "mode": "GCM",
    "padding": None,
    "key_derivation": {"algorithm": "pbkdf2"},
}


@pytest.fixture
def server() -> Iterator[ConfigServer]:
    with serving(ConfigServer()) as running:
        yield running


def put(server: ConfigServer, broker: str, topic: str) -> None:
    """The configuration `gate` with a service `camera`, whose AES key is a secret."""
    service = {
        "type": "kafka",
        "brokers": broker,
        "topic": topic,
        "consistency": "AT_LEAST_ONCE",
        "data_encryption": True,
        "crypto": CRYPTO,
    }
    server.put("gate", {"camera": service}, {"encrypt-keys-1": ("*.crypto.key", KEY)})


def settings(server: ConfigServer, home: Path, **more: str) -> dict[str, str]:
    return {
        "HOME": str(home),
        **DRAWN,
        "SSCFG_NAME": "gate",
        "SSCFG_SERVICE": "camera",
        "SSCFG_AUTH": server.auth,
        "SSCFG_PRIVATE_KEY": server.private_key,
        **more,
    }


def test_a_camera_publishes_and_the_viewer_reads_by_it(
    server: ConfigServer, mock_cluster: str, tmp_path: Path
) -> None:
    """Encrypted with the server's key, in one partition and in order; no key and no token is logged."""
    topic = new_name()
    put(server, mock_cluster, topic)
    both = settings(server, tmp_path, LOG_LEVEL="DEBUG")
    with (
        Program.camera(tmp_path, both) as camera,
        Program.viewer(tmp_path, both, "--count", "20", "--json", "--from-beginning", "-v") as viewer,
        Subscriber(
            brokers=mock_cluster, topic=topic, data_encryption=True, crypto={**CRYPTO, "key": KEY}
        ) as witness,
    ):
        assert viewer.ended(60.0) == 0, viewer.text
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
        counted = json.loads(viewer.lines[-1])["cameras"]["cam"]
        assert (counted["missing"], counted["repeated"]) == (0, 0)
        captured = camera.counts()["captured"]
        wait_until(lambda: len(witness.messages) >= captured, "all of them")
        assert witness.seqs("cam") == list(range(captured))
        assert len({each.raw.partition for each in witness.messages}) == 1
        assert b"JFIF" not in witness.messages[0].raw.value
        for program in (camera, viewer):
            assert server.access_key not in program.text
            assert not [token for token in server.tokens if token in program.text]
            assert "PRIVATE KEY" not in program.text


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("access key", "the config server refuses the access key (SSCFG_AUTH): 401 NotAuthenticated"),
        ("name", "the config server has no configuration gate with a service camera"),
        ("service", "the config server has no configuration gate with a service camera"),
        ("right", "the config server gives no configuration gate: 403 Forbidden"),
        ("public key", "gives no configuration gate: 400 The public key has not been registered."),
    ],
)
def test_what_is_wrong_with_it_is_said(
    server: ConfigServer, mock_cluster: str, tmp_path: Path, fault: str, sentence: str
) -> None:
    """The camera goes on and tries slowly; the viewer, which has nothing to lose, ends with 78."""
    put(server, mock_cluster, new_name())
    own = settings(server, tmp_path)
    if fault == "access key":
        server.access_key = "another"
    elif fault == "name":
        server.configs.clear()
    elif fault == "service":
        server.put("gate", {"door": {"type": "kafka"}}, {})
    elif fault == "right":
        server.forbidden.add("gate")
    else:
        own["SSCFG_PRIVATE_KEY"] = ConfigServer().private_key
    with Program.camera(tmp_path, own) as camera:
        assert sentence in camera.wait_for("capture goes on")
    with Program.viewer(tmp_path, own, "--count", "1") as viewer:
        assert viewer.ended(30.0) == 78, viewer.text
        assert sentence in viewer.text
        assert "Traceback" not in viewer.text + camera.text


def test_an_absent_config_server_is_waited_for(mock_cluster: str, tmp_path: Path) -> None:
    """By the camera and by the viewer; all that was captured arrives."""
    server, port = ConfigServer(address=""), free_port()
    server.address = f"http://127.0.0.1:{port}"
    put(server, mock_cluster, new_name())
    both = settings(server, tmp_path)
    with (
        Program.camera(tmp_path, both) as camera,
        Program.viewer(tmp_path, both, "--count", "5", "--from-beginning") as viewer,
    ):
        assert "the config server is not reachable" in camera.wait_for("capture goes on")
        viewer.wait_for("the config server is not reachable")
        with serving(server, port):
            camera.wait_for("delivering again")
            assert viewer.ended(60.0) == 0, viewer.text
            camera.stop()
            assert camera.ended(10.0) == 0, camera.text


def test_a_server_that_is_still_starting_is_waited_for(
    server: ConfigServer, mock_cluster: str, tmp_path: Path
) -> None:
    """An error of its own (5xx) says nothing against this user: the viewer does not end for it."""
    put(server, mock_cluster, new_name())
    server.broken = True
    own = settings(server, tmp_path)
    with (
        Program.camera(tmp_path, own) as camera,
        Program.viewer(tmp_path, own, "--count", "5", "--from-beginning") as viewer,
    ):
        assert "gives no configuration gate: 503 Unavailable" in camera.wait_for("capture goes on")
        viewer.wait_for("gives no configuration gate: 503 Unavailable")
        server.broken = False
        assert viewer.ended(60.0) == 0, viewer.text


def test_a_socks_proxy_is_asked_for_the_name_as_well(tmp_path: Path) -> None:
    """`socks5h://`, as the sample's users have it; the proxy's words are those of RFC 1928."""
    server = ConfigServer(address="http://config.example:8080")
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        proxy.settimeout(60.0)
        address = f"socks5h://127.0.0.1:{proxy.getsockname()[1]}"
        with Program.camera(tmp_path, settings(server, tmp_path, HTTP_PROXY=address)):
            connection, _ = proxy.accept()
            with connection, connection.makefile("rb") as asked:
                version, methods = asked.read(2)
                assert (version, 0) == (5, min(asked.read(methods)))  # without a password is among them
                connection.sendall(b"\x05\x00")
                assert asked.read(4) == b"\x05\x01\x00\x03"  # connect to a name
                assert asked.read(asked.read(1)[0]) == b"config.example"
                assert int.from_bytes(asked.read(2), "big") == 8080
