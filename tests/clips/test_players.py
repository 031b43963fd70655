"""Real H.264, cut and sent in parts: what players show of the parts written one behind the other."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ss_camera import message
from ss_camera import parts as wire
from ss_camera.clips import Clips
from ss_camera.clock import FakeClock
from ss_camera.media import ClipPart, Message, Packet, PartKind
from ss_camera.settings.model import ClipSettings
from tests.clips.boxes import boxes, frames
from tests.clips.real_video import encode, pictures, play, turned
from tests.parts import need, program

KAFKA_DEFAULT = 1_048_588
"""`message.max.bytes` of a broker that nobody has changed."""


SHORT = ClipSettings(preroll_s=1, postroll_s=1)


def record(packets: Sequence[Packet], trigger: int, settings: ClipSettings = SHORT) -> list[Message]:
    """All messages of the clips of a video in which something moves in the frame `trigger` only."""
    numbers = message.Sequence("gate", FakeClock())
    clips = Clips(settings, wire.room(settings.part_bytes, numbers.camera, numbers.boot))
    parts: list[ClipPart] = []
    for number, packet in enumerate(packets):
        parts += clips.packet(packet)
        parts += clips.motion(packet.pts_us, packet.captured_us, moving=number == trigger)
    return [numbers.part(part) for part in (*parts, *clips.stop())]


def assemble(messages: Sequence[Message]) -> list[message.Clip]:
    assembler = message.ClipAssembler()
    clips = []
    for each in messages:
        part = message.read(each.payload).part
        assert part is not None
        clips += assembler.take(part, 0.0)
    return clips


@pytest.mark.parametrize("gop", [1, 7, 20, 60])
@pytest.mark.parametrize("fps", [5, 20, 29.97])
def test_a_clip_is_the_cameras_own_frames_at_their_own_times(gop: int, fps: float) -> None:
    """Every pixel and every microsecond, with our boxes in between and without them."""
    packets = encode(80, fps=fps, gop=gop)
    messages = record(packets, 50)
    times, shown = play(b"".join(each.payload for each in messages))
    first = next(number for number, packet in enumerate(packets) if _begins(packets, number, shown))
    expected = packets[first : first + len(shown)]
    assert expected[0].pts_us <= packets[50].pts_us - 1_000_000 or first == 0
    assert times == [packet.pts_us - expected[0].pts_us for packet in expected]
    assert shown == pictures(expected)
    (clip,) = assemble(messages)
    assert clip.status is message.ClipStatus.COMPLETE
    assert play(clip.read()) == (times, shown)


def _begins(packets: Sequence[Packet], number: int, shown: list[bytes]) -> bool:
    return packets[number].key and pictures(packets[number : number + 1])[0] == shown[0]


def test_an_uneven_rate_keeps_its_times() -> None:
    """A camera in the dark halves its rate; a network camera stutters."""
    even = encode(40, gop=5)
    steps = [50_000, 33_333, 1, 400_000, 66_667]
    times = [sum(steps[n % 5] for n in range(number)) for number in range(40)]
    packets = [Packet(p.data, p.key, at, p.captured_us) for p, at in zip(even, times, strict=True)]
    shown, _ = play(b"".join(each.payload for each in record(packets, 0, ClipSettings(postroll_s=99))))
    assert shown == times


def test_the_next_clip_of_an_event_plays_by_itself_and_goes_on() -> None:
    """Two files, one behind the other, show each frame once."""
    packets = encode(80, gop=10)
    messages = record(packets, 0, ClipSettings(postroll_s=99, max_s=2))
    clips = assemble(messages)
    assert [clip.totals.frames for clip in clips if clip.totals] == [40, 40]
    shown = [luma for clip in clips for luma in play(clip.read())[1]]
    assert shown == pictures(packets)


def test_17_mbit_of_noise_in_frames_that_fit() -> None:
    """pinthesky's best setting; an encoder that is told the size of a part keeps its keyframes below it."""
    buffer = "vbv-maxrate=17000:vbv-bufsize=1900:nal-hrd=none"
    packets = encode(60, width=640, height=480, bitrate=17_000_000, noise=True, gop=20, options=buffer)
    messages = record(packets, 30)
    assert {wire_kind(each) for each in messages} == {"init", "media"}
    assert max(len(each.payload) for each in messages) <= 256 * 1024
    times, shown = play(b"".join(each.payload for each in messages))
    assert len(times) == 60
    (clip,) = assemble(messages)
    assert play(clip.read()) == (times, shown)


def test_frames_larger_than_a_part_come_in_slices() -> None:
    """A keyframe of 600 KB in messages of 256 KiB: the assembler gives every frame. The messages one behind
    the other are still an MP4, of all other frames."""
    packets = encode(60, width=640, height=480, bitrate=17_000_000, noise=True, gop=20)
    assert max(len(packet.data) for packet in packets) > 600_000
    messages = record(packets, 30)
    assert max(len(each.payload) for each in messages) <= 256 * 1024 < KAFKA_DEFAULT
    assert "slice" in {wire_kind(each) for each in messages}
    (clip,) = assemble(messages)
    assert clip.status is message.ClipStatus.COMPLETE
    times, shown = play(clip.read())
    assert times == [packet.pts_us for packet in packets]
    assert shown == pictures(packets)
    plain = b"".join(each.payload for each in messages)
    assert {kind for kind, _ in boxes(plain)} == {"ftyp", "moov", "moof", "mdat", "free", "uuid"}
    small = [frame.pts_us for frame in frames(plain)]
    assert 0 < len(small) < 60
    assert set(small) <= set(times)


def wire_kind(each: Message) -> str:
    part = message.read(each.payload).part
    assert part is not None
    return part.kind


def test_ffprobe_reads_the_parts_and_the_whole() -> None:
    """FFmpeg's demuxer stands for VLC's too: it knows no more of our boxes than any other program."""
    need("ffmpeg")
    packets = encode(80, gop=20, profile="high")
    messages = record(packets, 50)
    (whole,) = record(packets, 50, replace(SHORT, whole=True))
    assert wire_kind(whole) == PartKind.WHOLE
    for data in (b"".join(each.payload for each in messages), assemble(messages)[0].read(), whole.payload):
        probed = _ffprobe(data)
        (stream,) = probed["streams"]
        assert (stream["codec_name"], stream["width"], stream["height"]) == ("h264", 320, 240)
        assert int(stream["nb_read_frames"]) == 60
        assert stream["time_base"] == "1/1000000"
        assert stream["avg_frame_rate"] == "20/1"


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
def test_ffmpeg_shows_a_turned_cameras_clip_upright(turn: int) -> None:
    """It turns by the track's matrix: each pixel stands where the same turn of the picture puts it."""
    need("ffmpeg")
    packets = encode(40, gop=20)
    data = b"".join(each.payload for each in record(turned(packets, turn), 30))
    (stream,) = _ffprobe(data)["streams"]
    sides = [each for each in stream.get("side_data_list", ()) if "rotation" in each]
    # FFmpeg counts the other way round
    assert [-each["rotation"] % 360 for each in sides] == ([turn] if turn else [])
    asked = ["-v", "error", "-i", "-", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "gray", "-"]
    ran = subprocess.run([str(program("ffmpeg")), *asked], input=data, capture_output=True, timeout=60)
    plain = np.frombuffer(pictures(packets)[0], np.uint8).reshape(240, 320)
    expected = np.rot90(plain, -turn // 90)
    shown = np.frombuffer(ran.stdout, np.uint8).reshape(expected.shape)
    assert (
        np.abs(shown.astype(int) - expected).mean()
        < 30
        < np.abs(shown.astype(int) - expected[::-1, ::-1]).mean()
    )


def _ffprobe(data: bytes) -> dict[str, list[dict[str, Any]]]:
    where = Path(str(program("ffmpeg"))).with_name("ffprobe")
    asked = ["-v", "error", "-count_frames", "-show_streams", "-of", "json", "-"]
    ran = subprocess.run([where, *asked], input=data, capture_output=True, timeout=60)
    assert ran.stderr == b""
    found: dict[str, list[dict[str, Any]]] = json.loads(ran.stdout)
    return found
