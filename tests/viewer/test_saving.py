"""VideoViewer.py --save as people start it: topics that come later, a kill, a full disk, a second viewer."""

from __future__ import annotations

import contextlib
import hashlib
import json
import random
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from ss_camera import message
from tests.clips.real_video import encode, play
from tests.kafka_topics import new_name
from tests.parts import missing
from tests.program import ROOT, Program, wait_until
from tests.viewer.sender import Camera, Sender
from tests.viewer.taking import files
from tests.viewer.test_cameras import damaged
from viewer.archive import ARRIVING


@pytest.fixture(params=["librdkafka", "kafka-python"])
def settings(request: pytest.FixtureRequest, mock_cluster: str) -> Mapping[str, str]:
    """Settings of a broker and a topic, once for each Kafka client."""
    return {"SS_BROKERS": mock_cluster, "SS_TOPIC": new_name("saving"), "KAFKA_CLIENT": request.param}


@contextlib.contextmanager
def saving(folder: Path, settings: Mapping[str, str], *arguments: str) -> Iterator[Program]:
    """A viewer that shows nothing and saves to `folder`/saved."""
    with Program.viewer(folder, settings, "--save", str(folder / "saved"), *arguments) as program:
        program.wait_for("connected: topic")
        yield program


def sender_of(settings: Mapping[str, str], family: str = "") -> Sender:
    return Sender(settings["SS_BROKERS"], settings["SS_TOPIC"] + family)


def send(sender: Sender, *payloads: bytes) -> None:
    for payload in payloads:
        sender.send(payload)
    sender.flush()


def names(folder: Path, ending: str) -> list[str]:
    return [name for name in files(folder) if name.endswith(ending)]


def is_whole_clip(path: Path) -> bool:
    """Whether the file is what the box behind it says of the clip."""
    data = path.read_bytes()
    part = message.read(data).part
    assert part is not None
    assert part.totals is not None, path
    video = data[: -len(part.box)]
    return (len(video), hashlib.sha256(video).hexdigest()) == (part.totals.bytes, part.totals.sha256)


def test_topics_that_come_later_are_saved_from_their_beginning(
    tmp_path: Path, settings: Mapping[str, str]
) -> None:
    """At first there are stills only; clips and events begin while the viewer runs, and none is lost."""
    camera, folder = Camera(), tmp_path / "saved"
    send(sender_of(settings), camera.payload())
    with saving(tmp_path, settings) as viewer:
        send(sender_of(settings), *(camera.payload() for _ in range(3)))
        wait_until(lambda: len(names(folder, ".jpg")) == 3, "three pictures")
        send(sender_of(settings, ".event"), camera.event("motion-start", score=3))
        send(sender_of(settings, ".clip"), *camera.clip(encode(60)))
        wait_until(lambda: len(names(folder, ".mp4")) == 1, "the clip", 60.0)
        wait_until(lambda: names(folder, ".jsonl") != [], "the event")
        viewer.stop(signal.SIGTERM)
        assert viewer.ended() == 0
        assert "Traceback" not in viewer.text
        assert "WARNING" not in viewer.text
    (clip,) = names(folder, ".mp4")
    assert is_whole_clip(folder / clip)
    assert len(play((folder / clip).read_bytes())[0]) == 40
    (line,) = (folder / names(folder, ".jsonl")[0]).read_text().splitlines()
    assert json.loads(line)["kind"] == "motion-start"


def test_a_kill_leaves_no_half_file_under_a_final_name(tmp_path: Path, settings: Mapping[str, str]) -> None:
    """SIGKILL amid pictures and clips, three times; each restart goes on, and writes nothing over."""
    camera, folder = Camera(), tmp_path / "saved"
    clips, stills = sender_of(settings, ".clip"), sender_of(settings)
    packets = encode(60, width=64, height=48, noise=True)  # the broker in memory keeps 5 MB
    for turn in range(3):
        with saving(tmp_path, settings, "--from-beginning") as viewer:
            before = {name: (folder / name).stat().st_ino for name in names(folder, ".mp4")}
            parts = [part for _ in range(2) for part in camera.clip(packets)]
            for number, part in enumerate(parts):
                send(stills, camera.payload())
                clips.send(part)
                clips.flush()
                if number == len(parts) - 3 - turn:
                    wait_until(lambda: list((folder / ARRIVING).glob("*.mp4")) != [], "a clip that comes")
                    viewer.stop(signal.SIGKILL)
                    viewer.ended()
            assert all(
                (folder / name).stat().st_ino == inode for name, inode in before.items() if "inc" not in name
            )
    with saving(tmp_path, settings, "--from-beginning") as viewer:
        wait_until(
            lambda: len([n for n in names(folder, ".mp4") if "incomplete" not in n]) == 6, "all clips", 60
        )
        viewer.stop()
        assert viewer.ended() == 0
    whole = [name for name in names(folder, ".mp4") if "incomplete" not in name]
    assert all(is_whole_clip(folder / name) for name in whole)
    pictures = [(folder / name).read_bytes() for name in names(folder, ".jpg")]
    assert all(message.read(picture).problem is None for picture in pictures)
    assert len(set(pictures)) == len(pictures)


@pytest.fixture
def may_mount() -> None:
    """A user's own file system needs user namespaces; some containers forbid them."""
    tried = subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False)
    if tried.returncode:
        missing("needs user namespaces (unshare -rm)")


def test_a_full_disk_is_said_once_and_saving_goes_on_when_there_is_room(
    tmp_path: Path, mock_cluster: str, may_mount: None
) -> None:
    """One sentence; the page goes on to show; nothing half is left; then it saves again, and says so."""
    settings = {"SS_BROKERS": mock_cluster, "SS_TOPIC": new_name("full")}
    folder, camera = tmp_path / "saved", Camera()
    folder.mkdir()
    mount = 'mount -t tmpfs -o size=6m tmpfs "$1" && shift && exec "$@"'
    viewer = [
        sys.executable,
        str(ROOT / "viewer/VideoViewer.py"),
        "--save",
        str(folder),
        "--web",
        "127.0.0.1:0",
    ]
    command = ["unshare", "-rm", "sh", "-c", mount, "sh", str(folder), *viewer]
    with Program(command, cwd=tmp_path, settings=settings) as program:
        page = json.loads(program.wait_for('"page"'))["page"]
        program.wait_for("connected: topic")
        inside = Path(f"/proc/{program.pid}/root{folder}")
        stills, clips = sender_of(settings), sender_of(settings, ".clip")
        ballast = inside / "ballast"
        ballast.write_bytes(bytes(6_000_000))
        send(clips, *camera.clip(encode(60, noise=True)))
        for _ in range(100):
            send(stills, camera.payload())
        program.wait_for("No space left on device; what comes is shown and not saved")
        wait_until(lambda: state(page)["received"] == 100, "all pictures on the page")
        saved = names(inside, ".jpg")
        assert len(saved) < 100
        ballast.unlink()

        def is_saved_again() -> bool:
            send(stills, camera.payload())
            return "saving again; not saved: " in program.text

        wait_until(is_saved_again, "the viewer to save again")
        assert len(names(inside, ".jpg")) > len(saved)
        whole = [message.read((inside / name).read_bytes()).problem is None for name in names(inside, ".jpg")]
        assert all(whole)
        assert program.text.count("No space left") == 1
        program.stop()
        assert program.ended() == 0
        assert "Traceback" not in program.text


def state(page: str) -> dict[str, object]:
    with urllib.request.urlopen(page + "api/state", timeout=10) as answer:
        found: dict[str, object] = json.load(answer)
    return found


def test_two_viewers_do_not_write_to_one_folder(tmp_path: Path, settings: Mapping[str, str]) -> None:
    """The second one ends with 78 and says why; after the first has ended it may."""
    with saving(tmp_path, settings) as first:
        with Program.viewer(tmp_path, settings, "--save", str(tmp_path / "saved")) as second:
            assert second.ended() == 78
            assert "another viewer saves there" in second.text
        first.stop()
        assert first.ended() == 0
    with saving(tmp_path, settings) as third:
        third.stop()
        assert third.ended() == 0


def test_counts_and_saving_go_together(tmp_path: Path, settings: Mapping[str, str]) -> None:
    """--count ends it; what was counted is on disk; numbers of clips and events are not missing."""
    camera, folder = Camera(), tmp_path / "saved"
    stills = [camera.payload() for _ in range(3)]
    parts, event = camera.clip(encode(60)), camera.event("motion-end", clips=[])
    stills += [camera.payload() for _ in range(2)]
    send(sender_of(settings), *stills)
    send(sender_of(settings, ".clip"), *parts)
    send(sender_of(settings, ".event"), event)
    wanted = ("--from-beginning", "--count", "5", "--json", "--timeout", "50", "--save", str(folder))
    with Program.viewer(tmp_path, settings, *wanted) as viewer:
        assert viewer.ended(60.0) == 0, viewer.text
    (line,) = [line for line in viewer.lines if line.startswith("{")]
    gate = json.loads(line)["cameras"]["gate"]
    del gate["latency_ms"]
    assert gate == {"first_seq": 0, "last_seq": 5 + len(parts), "missing": 0, "repeated": 0}
    assert len(names(folder, ".jpg")) == 5
    assert [is_whole_clip(folder / name) for name in names(folder, ".mp4")] == [True]


def test_a_viewer_of_stills_alone_claims_nothing(tmp_path: Path, settings: Mapping[str, str]) -> None:
    """--stills-only: a number that does not come may have gone to a topic that is not read."""
    camera = Camera()
    first, _, second = camera.payload(), camera.event("motion-start", score=1), camera.payload()
    send(sender_of(settings), first, second)
    wanted = ("--from-beginning", "--count", "2", "--json", "--timeout", "50", "--stills-only")
    with Program.viewer(tmp_path, settings, *wanted) as viewer:
        assert viewer.ended(60.0) == 0, viewer.text
    (line,) = [line for line in viewer.lines if line.startswith("{")]
    assert json.loads(line)["cameras"]["gate"]["missing"] is None


def test_a_thousand_fuzzed_clips_and_events_do_not_end_the_viewer(
    tmp_path: Path, settings: Mapping[str, str]
) -> None:
    """Wounds in SINETStream's frame, in boxes and in JSON; a good clip and picture are saved."""
    chaos, victim, good, folder = random.Random(7), Camera("victim"), Camera("good"), tmp_path / "saved"
    clips, events = sender_of(settings, ".clip"), sender_of(settings, ".event")
    parts = victim.clip(encode(60, width=64, height=48))
    with saving(tmp_path, settings, "--from-beginning") as viewer:
        for number in range(1000):
            sender = events if number % 3 == 0 else clips
            payload = victim.event("motion-start", score=1) if sender is events else chaos.choice(parts)
            sender.raw(damaged(sender.framed(payload), chaos))
        for sender in (clips, events):
            sender.flush()
        send(clips, *good.clip(encode(60)))
        send(sender_of(settings), good.payload())
        wait_until(lambda: len([n for n in files(folder) if n.startswith("good/")]) == 2, "both", 60.0)
        viewer.stop()
        assert viewer.ended() == 0
        assert "Traceback" not in viewer.text


def test_a_service_of_the_configuration_file_has_its_clips(tmp_path: Path, mock_cluster: str) -> None:
    """-s SERVICE: the topics beside its own, or those that are named."""
    topic, camera = new_name("service"), Camera()
    settings = {"SS_BROKERS": mock_cluster, "SS_TOPIC": topic}
    send(sender_of(settings), camera.payload())
    send(sender_of(settings, ".clip"), *camera.clip(encode(60)))
    send(sender_of(settings, ".other"), camera.event("motion-start", score=1))
    (tmp_path / ".sinetstream_config.yml").write_text(
        f"camera:\n  type: kafka\n  brokers: {mock_cluster}\n  topic: {topic}\n  consistency: AT_LEAST_ONCE\n"
    )
    wanted = ("-s", "camera", "--from-beginning", "--event-topic", f"{topic}.other")
    with saving(tmp_path, {}, *wanted) as viewer:
        wait_until(lambda: len(files(tmp_path / "saved")) == 3, "a picture, a clip and an event")
        viewer.stop()
        assert viewer.ended() == 0


@pytest.mark.parametrize("is_saved", [False, True], ids=["in memory", "saved"])
def test_memory_stays_small_under_clips_without_an_end(
    tmp_path: Path, mock_cluster: str, is_saved: bool
) -> None:
    """Twenty cameras, 150 MB of clips of which a third never ends: under 250 MB with 16 MiB for clips."""
    settings = {"SS_BROKERS": mock_cluster, "SS_TOPIC": new_name("endless")}
    wanted = ["--web", "127.0.0.1:0", "--clip-memory", "16"]
    wanted += ["--save", str(tmp_path / "saved")] if is_saved else []
    packets, clips = encode(60, noise=True), sender_of(settings, ".clip")
    with Program.viewer(tmp_path, settings, *wanted) as program:
        page = json.loads(program.wait_for('"page"'))["page"]
        program.wait_for("connected: topic")
        for number in range(60):
            name = f"camera {number % 20}"
            parts = Camera(name).clip(packets)
            send(clips, *(parts[:-1] if number % 3 == 0 else parts))
            ended = "arriving incomplete" if number % 3 == 0 else "complete"
            wait_until(lambda name=name, ended=ended: newest(page, name) in ended.split(), f"clip {number}")  # type: ignore[misc]
        listed = clips_of(page)
        assert sum(each["bytes"] for each in listed) <= 16 * 1024 * 1024 or is_saved
        status = (Path("/proc") / str(program.pid) / "status").read_text()
        assert int(status.split("VmHWM:")[1].split()[0]) < 250 * 1024
        program.stop()
        assert program.ended() == 0
        assert "Traceback" not in program.text
    if is_saved:
        whole = [name for name in names(tmp_path / "saved", ".mp4") if "incomplete" not in name]
        assert len(whole) == 40


def clips_of(page: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(page + "api/clips", timeout=10) as answer:
        found: list[dict[str, Any]] = json.load(answer)["clips"]
    return found


def newest(page: str, camera: str) -> str:
    """The state of the clip of this camera that was listed last."""
    own = [clip for clip in clips_of(page) if clip["camera"] == camera]
    return str(max(own, key=lambda clip: int(clip["id"]))["state"]) if own else "none"
