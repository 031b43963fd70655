"""Replay: a file's events, its closing line, its plot, and one sentence where there is no video."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from ss_camera.replay import run
from ss_camera.settings.model import MotionSettings
from ss_camera.trace import ReplayError
from tests.camera.videos import make_video
from tests.motion.videos import FPS, HEIGHT, VIDEOS, WIDTH
from tests.program import ROOT, Program, environment


@pytest.fixture(scope="module")
def walker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve seconds of H.264; someone walks from second 5 to 9."""
    path = tmp_path_factory.mktemp("replay") / "walker.mp4"
    video = next(video for video in VIDEOS if video.name == "a walker")
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=Fraction(FPS), options={"preset": "ultrafast", "tune": "zerolatency"}
        )
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for luma in video.frames():
            container.mux(stream.encode(av.VideoFrame.from_ndarray(luma, "gray").reformat(format="yuv420p")))
        container.mux(stream.encode())
    return path


def test_the_closing_line_has_the_event(walker: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Through a codec and a change of size: one event, from the second frame of motion to the last."""
    run(walker, MotionSettings(), 5.0, as_json=True)
    lines = capsys.readouterr().out.splitlines()
    closing = json.loads(lines[-1])
    assert closing["seconds"] == pytest.approx(12.0)
    (event,) = closing["events"]
    assert event["start_s"] == pytest.approx(5.0, abs=2.5 / FPS)
    assert event["end_s"] == pytest.approx(9.0, abs=2.5 / FPS)
    assert 20 < event["peak"] < 80


def test_there_is_a_score_for_each_second(walker: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Twelve lines, and those of the walk say so."""
    run(walker, MotionSettings(), 5.0)
    seconds = [line.split() for line in capsys.readouterr().out.splitlines() if " s " in line[:10]]
    assert [int(words[0]) for words in seconds] == list(range(12))
    assert [int(words[0]) for words in seconds if words[-1] == "moving"] == [5, 6, 7, 8]


def test_sensitivity_silences_it(walker: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The settings given are the settings used."""
    run(walker, MotionSettings(sensitivity=500), 5.0, as_json=True)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["events"] == []


def test_vectors_are_read_from_the_file(walker: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With a limit of a few quarter pixels the walk of 8 pixels a frame shows in the vectors."""
    settings = MotionSettings(vector=12)
    run(walker, settings, 5.0, vectors=True, as_json=True)
    events = json.loads(capsys.readouterr().out.splitlines()[-1])["events"]
    assert events
    assert all(4.9 < event["start_s"] < 9.1 for event in events)


def test_the_plot_shows_event_and_threshold(walker: Path, tmp_path: Path) -> None:
    """The event's band stands where the walk was, and the line of the sensitivity crosses the picture."""
    plot = tmp_path / "plot.png"
    run(walker, MotionSettings(), 5.0, plot=plot)
    with Image.open(plot) as picture:
        pixels = picture.convert("RGB")
    colours = [pixels.getpixel((80 + round((1280 - 104) * at_s / 12), 75)) for at_s in (2.5, 7.1, 11.0)]
    assert colours[1] == (255, 224, 178)
    assert colours[0] != colours[1] != colours[2]
    reds = [x for x in range(1280) for y in range(64, 416) if pixels.getpixel((x, y)) == (200, 30, 30)]
    assert max(reds) - min(reds) > 1100


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.mp4", None, "does not exist"),
        ("text.mp4", b"no video at all", "cannot be read as a video"),
        ("empty.mp4", b"", "cannot be read as a video"),
    ],
)
def test_no_video_is_told(name: str, content: bytes | None, sentence: str, tmp_path: Path) -> None:
    """One sentence with the path."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ReplayError) as error:
        run(path, MotionSettings(), 5.0)
    (said,) = error.value.problems
    assert sentence in said
    assert str(path) in said
    assert len(said.splitlines()) == 1


def _write(
    path: Path,
    *,
    size: tuple[int, int] = (64, 48),
    times_s: list[float] | None = None,
    white: range = range(0),
) -> None:
    """A green video, a picture each tenth of a second or at `times_s`; in those of `white` a square."""
    times_s = times_s or [number / 10 for number in range(30)]
    with av.open(str(path), "w") as container:
        stream = container.add_stream(
            "libx264", rate=10, options={"preset": "ultrafast", "tune": "zerolatency"}
        )
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        for number, at_s in enumerate(times_s):
            pixels = np.zeros((size[1] * 3 // 2, size[0]), np.uint8)
            pixels[8:40, 16:48] = 235 if number in white else 0
            frame = av.VideoFrame.from_ndarray(pixels, "yuv420p")
            frame.pts, frame.time_base = round(at_s * 1000), Fraction(1, 1000)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())


def test_a_video_without_a_macroblock_is_told(tmp_path: Path) -> None:
    """One sentence, as for all that cannot be replayed."""
    path = tmp_path / "tiny.mp4"
    _write(path, size=(14, 14))
    with pytest.raises(ReplayError) as error:
        run(path, MotionSettings(), 5.0)
    (said,) = error.value.problems
    assert said.startswith(f"ss-camera: motion: motion cannot be judged in {path}: a video of 14x14")
    assert len(said.splitlines()) == 1


def test_a_name_may_hold_a_time_of_day(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What stands in front of a colon is no protocol: recordings are called so."""
    monkeypatch.chdir(tmp_path)
    _write(tmp_path / "gate.mp4")
    path = Path("gate.mp4").rename("2025-11-21T08:00.mp4")
    run(path, MotionSettings(), 5.0)
    assert capsys.readouterr().out.endswith("0 events in 3.0 s\n")


def test_a_kind_of_video_that_no_decoder_knows_is_told(tmp_path: Path) -> None:
    """One sentence, and a title in Shift JIS in the same file is none."""
    path = make_video(tmp_path / "v.avi", "mjpeg", frames=5, metadata={"title": "ABCD"})
    path.write_bytes(path.read_bytes().replace(b"ABCD", "\u65e5\u672c".encode("shift_jis")))
    run(path, MotionSettings(), 5.0)
    path.write_bytes(path.read_bytes().replace(b"MJPG", b"ZZZZ"))
    with pytest.raises(ReplayError, match=r"v\.avi holds video of a kind that FFmpeg cannot decode"):
        run(path, MotionSettings(), 5.0)


def test_hours_without_a_picture_are_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A damaged time must not print a line for each second of a month."""
    path = tmp_path / "gap.mkv"
    _write(path, times_s=[number / 10 + (3_000_000 if number >= 20 else 0) for number in range(40)])
    run(path, MotionSettings(), 5.0, as_json=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[2] == "no picture from 2 s to 3000002 s"
    assert len(lines) == 7
    assert json.loads(lines[-1])["seconds"] == pytest.approx(3_000_004.0)


def test_damaged_packets_are_left_out(
    walker: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A recording of a bad link is what many have: the rest of it is judged, and the damage is said."""
    path = tmp_path / "damaged.mp4"
    with av.open(str(walker)) as container:
        hit = [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size][20]
    data = bytearray(walker.read_bytes())
    data[hit[0] : hit[0] + hit[1]] = b"\xff" * hit[1]
    path.write_bytes(data)
    run(path, MotionSettings(), 5.0, as_json=True)
    lines = capsys.readouterr().out.splitlines()
    assert "1 damaged packets were left out" in lines
    assert json.loads(lines[-1])["events"][-1]["end_s"] == pytest.approx(9.0, abs=2.5 / FPS)


def test_a_joined_file_is_replayed_to_its_end(
    walker: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where its times begin anew it plays on, as by the camera: the second walk is found too."""
    once, twice = tmp_path / "once.ts", tmp_path / "twice.ts"
    with av.open(str(walker)) as container, av.open(str(once), "w") as copy:
        stream = container.streams.video[0]
        out = copy.add_stream_from_template(stream)
        for packet in container.demux(stream):
            if packet.dts is not None:
                packet.stream = out
                copy.mux(packet)
    twice.write_bytes(once.read_bytes() * 2)
    run(twice, MotionSettings(), 5.0, as_json=True)
    closing = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert closing["seconds"] == pytest.approx(24.0, abs=0.1)
    starts = [event["start_s"] for event in closing["events"]]
    assert starts == [pytest.approx(5.0, abs=2.5 / FPS), pytest.approx(17.0, abs=2.5 / FPS)]


def test_as_many_frames_are_judged_as_a_camera_judges(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What shows in two frames of sixty a second is one sample of fifteen: no motion, as from the camera."""
    path = tmp_path / "fast.mkv"
    _write(path, times_s=[number / 60 for number in range(180)], white=range(120, 122))
    run(path, MotionSettings(sensitivity=2), 5.0, as_json=True)
    closing = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert closing == {"seconds": pytest.approx(3.0, abs=0.01), "events": []}
    _write(path, times_s=[number / 60 for number in range(180)], white=range(120, 130))
    run(path, MotionSettings(sensitivity=2), 5.0, as_json=True)
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["events"]


@pytest.mark.parametrize("plot", ["nowhere/plot.png", "plot.none", "plot.psd"])
def test_a_plot_that_cannot_be_written_is_told_before_the_replay(
    plot: str, walker: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that is not there, a format that is none."""
    with pytest.raises(ReplayError, match=re.escape(str(tmp_path / plot))):
        run(walker, MotionSettings(), 5.0, plot=tmp_path / plot)
    assert not capsys.readouterr().out


def test_the_command_needs_neither_broker_nor_camera(walker: Path, tmp_path: Path) -> None:
    """With no settings at all it gives events; with some, those are used; `MOTION=off` is no obstacle."""
    arguments = ("motion", "--replay", str(walker), "--json")
    with Program.camera(tmp_path, {}, *arguments) as program:
        assert program.ended(60.0) == 0, program.text
        assert len(json.loads(program.lines[-1])["events"]) == 1
    (tmp_path / ".env").write_text("MOTION=off\nMOTION_SENSITIVITY=500\nSSCFG_NAME=cameras\n")
    auth = {"config-server": {"address": "c.example.org", "user": "u", "secret-key": "s"}}
    with Program.camera(tmp_path, {"SSCFG_AUTH": json.dumps(auth)}, *arguments) as program:
        assert program.ended(60.0) == 0, program.text
        assert json.loads(program.lines[-1])["events"] == []


def test_the_command_tells_wrong_arguments_and_settings_alike(walker: Path, tmp_path: Path) -> None:
    """78 and one sentence: no file, a wrong threshold, no argument at all."""
    with Program.camera(tmp_path, {}, "motion", "--replay", "none.mp4") as program:
        assert program.ended(30.0) == 78
        assert program.lines == ["ss-camera: motion: none.mp4 does not exist"]
    with Program.camera(tmp_path, {"MOTION_THRESHOLD": "0"}, "motion", "--replay", str(walker)) as program:
        assert program.ended(30.0) == 78
        assert len(program.lines) == 1
        assert "MOTION_THRESHOLD" in program.text
    with Program.camera(tmp_path, {}, "motion") as program:
        assert program.ended(30.0) == 78
        assert "--replay" in program.lines[-1]


def test_the_command_ends_quietly_when_nobody_reads_on(walker: Path, tmp_path: Path) -> None:
    """`| head -1`: no traceback, neither from the command nor from the interpreter's end."""
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, str(ROOT / "ss-camera.py"), "motion", "--replay", str(walker)]
    with os.fdopen(writing, "w") as nobody:
        ended = subprocess.run(
            command, cwd=tmp_path, env=environment({}), stdout=nobody, stderr=subprocess.PIPE, timeout=60
        )
    assert (ended.returncode, ended.stderr) == (1, b"")
