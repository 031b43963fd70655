"""VideoViewer.py as people start it: services, settings, counts, page, errors and exit codes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.kafka_topics import new_name
from tests.pictures import noise_jpeg
from tests.program import ROOT, Program, wait_until
from tests.viewer.sender import Camera, Sender

DEADLINE_S = 60.0


@pytest.fixture(params=["librdkafka", "kafka-python"])
def settings(request: pytest.FixtureRequest, mock_cluster: str) -> Mapping[str, str]:
    """Settings of a broker and a topic, once for each Kafka client."""
    return {"SS_BROKERS": mock_cluster, "SS_TOPIC": new_name("program"), "KAFKA_CLIENT": request.param}


def sender_of(settings: Mapping[str, str]) -> Sender:
    return Sender(settings["SS_BROKERS"], settings["SS_TOPIC"])


def ended(folder: Path, settings: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    """Exit code and all output of a viewer that ends by itself."""
    with Program.viewer(folder, settings, *arguments) as program:
        return program.ended(DEADLINE_S), program.text


def counted(text: str) -> dict[str, Any]:
    """The one line of JSON among what was printed."""
    (line,) = [line for line in text.splitlines() if line.startswith("{")]
    found: dict[str, Any] = json.loads(line)
    return found


def test_counts_are_exactly_those_asked_for(tmp_path: Path, settings: Mapping[str, str]) -> None:
    """--count N --json: N unique pictures of two cameras, with a gap and a repeat, in the stated form."""
    sender, camera, other = sender_of(settings), Camera("gate"), Camera("yard")
    payloads = [camera.payload() for _ in range(10)]
    for payload in (*payloads[:4], payloads[3], *payloads[6:], other.payload(), b"stranger", other.payload()):
        sender.send(payload)
    sender.flush()
    code, text = ended(tmp_path, settings, "--from-beginning", "--count", "9", "--json", "--timeout", "50")
    report = counted(text)
    assert code == 0, text
    assert list(report) == ["frames", "cameras"]
    assert report["frames"] == 9
    for camera_report in report["cameras"].values():
        latency = camera_report.pop("latency_ms")
        assert 0 < latency["p50"] <= latency["p99"]
    assert report["cameras"] == {
        "gate": {"first_seq": 0, "last_seq": 9, "missing": 2, "repeated": 1},
        "yard": {"first_seq": 0, "last_seq": 0, "missing": 0, "repeated": 0},
    }


def test_a_count_that_does_not_come_together_ends_with_1(tmp_path: Path, settings: Mapping[str, str]) -> None:
    """After --timeout: what came so far, in the same form."""
    sender = sender_of(settings)
    sender.send(Camera().payload())
    sender.flush()
    code, text = ended(tmp_path, settings, "--from-beginning", "--count", "5", "--json", "--timeout", "8")
    assert code == 1
    assert counted(text)["frames"] == 1


def test_a_service_of_the_samples_configuration_file(tmp_path: Path, mock_cluster: str) -> None:
    """-s SERVICE with .sinetstream_config.yml in the working folder, as the sample's users have it."""
    topic = new_name("service")
    sender, camera = Sender(mock_cluster, topic), Camera()
    for _ in range(3):
        sender.send(camera.payload())
    sender.flush()
    (tmp_path / ".sinetstream_config.yml").write_text(
        f"camera:\n  type: kafka\n  brokers: {mock_cluster}\n  topic: {topic}\n  consistency: AT_LEAST_ONCE\n"
        "  value_type: image\n"
    )
    code, text = ended(tmp_path, {}, "-s", "camera", "--from-beginning", "--count", "3", "--timeout", "50")
    assert code == 0, text
    assert "3 pictures of 1 cameras" in text
    assert "gate: first_seq 0, last_seq 2, missing 0, repeated 0" in text


def test_pictures_of_3_megabytes(tmp_path: Path, settings: Mapping[str, str]) -> None:
    """A 4K picture is over every default limit of 1 MB on the sender's side; the reader needs no setting."""
    sender, camera = sender_of(settings), Camera()
    for seed in range(2):
        sender.send(camera.payload(data=noise_jpeg(3_000_000, seed)))
        sender.flush()
    code, text = ended(tmp_path, settings, "--from-beginning", "--count", "1", "--json", "--timeout", "50")
    assert code == 0, text
    assert counted(text)["frames"] == 1


@pytest.fixture
def page(tmp_path: Path, settings: Mapping[str, str]) -> Iterator[tuple[Program, str]]:
    """A viewer with its page on a free port."""
    with Program.viewer(tmp_path, settings, "--web", "127.0.0.1:0", "--from-beginning") as program:
        yield program, str(counted(program.wait_for('"page"'))["page"])


def state(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url + "api/state", timeout=10) as answer:
        found: dict[str, Any] = json.load(answer)
    return found


def test_the_page_is_served_and_stopped(page: tuple[Program, str], settings: Mapping[str, str]) -> None:
    """The first line is its address as JSON; counts come from the topic; SIGTERM ends it with 0."""
    program, url = page
    sender, camera = sender_of(settings), Camera()
    for _ in range(20):
        sender.send(camera.payload())
    sender.flush()
    wait_until(lambda: state(url)["received"] == 20, "20 pictures on the page")
    gate = state(url)["cameras"]["gate"]
    assert (gate["first_seq"], gate["last_seq"], gate["missing"], gate["repeated"]) == (0, 19, 0, 0)
    assert gate["latency_ms"]["p50"] > 0
    assert state(url)["connected"] is True
    program.stop(signal.SIGTERM)
    assert program.ended() == 0
    assert "Traceback" not in program.text


def test_memory_stays_small_under_a_thousand_strangers(
    page: tuple[Program, str], settings: Mapping[str, str]
) -> None:
    """1,000 names, 1,000 messages of 50 KB that are nothing: all good pictures counted, under 300 MB."""
    program, url = page
    sender, camera = sender_of(settings), Camera("good")
    for index in range(1000):
        sender.send(Camera(f"stranger {index}").payload())
        sender.raw(os.urandom(50_000) if index % 2 else bytes(50_000))
        sender.send(camera.payload())
        if index % 20 == 0:  # the demo broker keeps 5 MB
            sender.flush()
            wait_until(
                lambda sent=index: state(url)["cameras"].get("good", {}).get("received") == sent + 1, "them"
            )
    sender.flush()
    wait_until(lambda: state(url)["received"] == 2000, "2,000 pictures on the page")
    found = state(url)
    assert (found["cameras"]["good"]["missing"], found["foreign"], len(found["cameras"])) == (0, 1000, 101)
    peak_kib = int((Path("/proc") / str(program.pid) / "status").read_text().split("VmHWM:")[1].split()[0])
    assert peak_kib < 300 * 1024


def test_a_port_in_use_ends_with_75(tmp_path: Path, settings: Mapping[str, str]) -> None:
    """One sentence that names the address and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, text = ended(tmp_path, settings, "--web", f"127.0.0.1:{port}")
    assert code == 75
    assert f"--web 127.0.0.1:{port} cannot be listened on" in text
    assert "Traceback" not in text


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (None, "there is no .sinetstream_config.yml"),
        ("", "there is no .sinetstream_config.yml"),
        ("other:\n  type: kafka\n", "no such service"),
        ("camera:\n  type: pigeon\n  topic: t\n", "no plugin for this type"),
        ("camera:\n  topic: t\n  brokers: b:1\n", "refuses these settings"),
        ("camera:\n  type: kafka\n  topic: t\n", "refuses these settings"),
        ("camera:\n  type: kafka\n  brokers: b:1\n", "names no topic"),
        (
            "camera:\n  type: kafka\n  topic: t\n  brokers: b:1\n  consistency: SOMETIMES\n",
            "invalid consistency",
        ),
        ("camera: [\n", "is no YAML"),
        ("camera: {a: b: c}\n", "is no YAML"),
        ("camera: 5\n", "refuses these settings"),
        ("- camera\n", "refuses these settings"),
        ("camera:\n  type: s3\n  topic: t\n  s3: {bucket: b, prefix: p, suffix: s, name: day}\n", "type s3"),
    ],
)
def test_a_wrong_configuration_file_ends_with_78(tmp_path: Path, config: str | None, words: str) -> None:
    """One sentence, no traceback, before anything is connected."""
    if config is not None:
        (tmp_path / ".sinetstream_config.yml").write_text(config)
    code, text = ended(tmp_path, {"HOME": str(tmp_path)}, "-s", "camera", "--count", "1", "--timeout", "20")
    assert code == 78, text
    assert words in text
    assert "Traceback" not in text
    assert len(text.splitlines()) == 1


def test_settings_are_checked_as_the_cameras_are(tmp_path: Path) -> None:
    """Without -s and without SS_BROKERS the viewer names what is missing, with exit code 78."""
    code, text = ended(tmp_path, {}, "--count", "1")
    assert code == 78
    assert "SS_BROKERS" in text
    assert "Traceback" not in text


def test_settings_may_come_from_a_file(tmp_path: Path, settings: Mapping[str, str]) -> None:
    """--env-file PATH, and .env in the working folder; a camera's own settings in it do no harm."""
    sender = sender_of(settings)
    sender.send(Camera().payload())
    sender.flush()
    lines = "".join(f"{name}={value}\n" for name, value in settings.items())
    lines += (
        "CAMERA_ID=gate\nPICAMERA_RESOLUTION=VGA\nSCHEDULE=10\nSS_MAX_REQUEST_SIZE=20000000\nSS_ACKS=all\n"
    )
    (tmp_path / "my.env").write_text(lines)
    (tmp_path / "folder").mkdir()
    shutil.copy(tmp_path / "my.env", tmp_path / "folder" / ".env")
    wanted = ("--from-beginning", "--count", "1", "--timeout", "50")
    for folder, arguments in ((tmp_path, ("--env-file", "my.env")), (tmp_path / "folder", ())):
        code, text = ended(folder, {}, *arguments, *wanted)
        assert code == 0, text


def test_an_absent_broker_is_one_line(tmp_path: Path) -> None:
    """No traceback of a library, no flood; SIGINT ends it."""
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings = {"SS_BROKERS": f"127.0.0.1:{port}", "SS_TOPIC": "t"}
    with Program.viewer(tmp_path, settings, "--web", "127.0.0.1:0") as program:
        url = str(counted(program.wait_for('"page"'))["page"])
        program.wait_for("no connection")
        wait_until(lambda: "no connection" in state(url)["status"], "the page to know it")
        assert state(url)["connected"] is False
        program.stop(signal.SIGINT)
        assert program.ended() == 0
        assert "Traceback" not in program.text
        assert len(program.lines) < 6, program.text


@pytest.mark.parametrize("ending", ["SIGTERM", "--count"])
def test_a_broker_that_never_answers_holds_nothing_up(tmp_path: Path, ending: str) -> None:
    """It accepts and is silent: that is said, and neither a signal nor --timeout waits for the client."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings = {"SS_BROKERS": f"127.0.0.1:{silent.getsockname()[1]}", "SS_TOPIC": "t"}
        asked = ("--count", "1", "--timeout", "4") if ending == "--count" else ("--web", "127.0.0.1:0")
        with Program.viewer(tmp_path, settings, *asked) as program:
            program.wait_for("no connection, trying again")
            if ending == "SIGTERM":
                program.stop(signal.SIGTERM)
            assert program.ended() == (1 if ending == "--count" else 0)
    assert "did not stop" not in program.text
    assert ("0 of 1 pictures came; no connection" in program.text) == (ending == "--count")


@pytest.mark.parametrize("argument", ["--version", "--help"])
def test_it_starts_from_any_folder_and_by_a_link(tmp_path: Path, argument: str) -> None:
    """As an executable, by its path, and by a symbolic link beside the checkout."""
    script = ROOT / "viewer" / "VideoViewer.py"
    assert os.access(script, os.X_OK)
    (tmp_path / "VideoViewer.py").symlink_to(script)
    for path in (script, tmp_path / "VideoViewer.py"):
        command = [sys.executable, str(path), argument]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=DEADLINE_S)
        assert (ran.returncode, ran.stderr) == (0, "")
        assert "iewer" in ran.stdout
