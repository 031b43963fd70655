"""What a stream leaves in memory while nobody asks for a still, and what a still decodes."""

from __future__ import annotations

import math
from pathlib import Path

import av
import pytest
from av import VideoFrame, VideoStream
from av.container import InputContainer
from av.packet import Packet

from ss_camera.sources.moments import Moment
from ss_camera.sources.picture import StillEncoder
from ss_camera.sources.tracks import CodedTrack, JpegTrack, Track
from tests.camera.videos import FRAMERATE, make_video, number_in

GOP = 10


def play(container: InputContainer, track: Track) -> list[int]:
    """Put the whole video; returns how much was held after each packet."""
    held = []
    for number, packet in enumerate(container.demux(video=0)):
        if packet.size:
            track.put(packet, Moment(number / FRAMERATE, number))
            held.append(track.held())
    return held


def h264(folder: Path, *, frames: int = 100, gop: int = GOP) -> InputContainer:
    options = {"bf": "0", "x264-params": "scenecut=0"}
    return av.open(str(make_video(folder / "v.mp4", frames=frames, gop=gop, options=options)))


def test_no_more_than_a_gop_is_held(tmp_path: Path) -> None:
    """A stream that runs for hours between two stills takes the memory of its last GOP."""
    with h264(tmp_path) as container:
        track = CodedTrack(container.streams.video[0].codec_context, StillEncoder(None, None, 85))
        held = play(container, track)
    assert held == [number % GOP + 1 for number in range(100)]


def test_a_still_is_the_picture_asked_for_and_lets_the_rest_go(tmp_path: Path) -> None:
    """The packets up to it are decoded once; those before its GOP were let go undecoded."""
    with h264(tmp_path, frames=97) as container:
        track = CodedTrack(container.streams.video[0].codec_context, StillEncoder(None, None, 85))
        play(container, track)
    found = track.after(93 / FRAMERATE)
    assert found is not None
    still, due_s = found
    assert number_in(still.data) == 93
    assert due_s == pytest.approx(93 / FRAMERATE)
    assert track.held() == 96 - 93
    assert track.after(95.5 / FRAMERATE) is not None
    assert track.after(math.inf) is None
    assert track.held() == 0


def test_pictures_of_one_moment_all_come(tmp_path: Path) -> None:
    """Packets that arrive together, or a video that gives two pictures one time: none counts as seen."""
    with h264(tmp_path, frames=GOP) as container:
        track = CodedTrack(container.streams.video[0].codec_context, StillEncoder(None, None, 85))
        numbers, last_due_s = [], 0.0
        for packet in container.demux(video=0):
            if packet.size:
                track.put(packet, Moment(1.0, 1))
        while (found := track.after(math.nextafter(last_due_s, math.inf))) is not None:
            numbers.append(number_in(found[0].data))
            last_due_s = found[1]
    assert numbers == list(range(GOP))


def test_a_gop_without_end_is_bounded_too(tmp_path: Path) -> None:
    """Some cameras send one keyframe for minutes: past the bound the reader decodes."""
    with h264(tmp_path, frames=200, gop=1000) as container:
        codec = container.streams.video[0].codec_context
        packets = [packet for packet in container.demux(video=0) if packet.size]
        assert not any(packet.is_keyframe for packet in packets[1:])
        largest, smallest = (pick(packet.size for packet in packets) for pick in (max, min))
        bound = 2 * largest
        track = CodedTrack(codec, StillEncoder(None, None, 85), max_bytes=bound)
        held = []
        for number, packet in enumerate(packets):
            track.put(packet, Moment(float(number), number))
            held.append(track.held())
    assert max(held) <= bound / smallest
    assert max(held) < len(packets) / 2


def test_after_a_long_gop_stills_still_come(tmp_path: Path) -> None:
    """What the reader decoded past the bound was not lost to the decoder: later pictures are whole."""
    with h264(tmp_path, frames=200, gop=1000) as container:
        codec = container.streams.video[0].codec_context
        track = CodedTrack(codec, StillEncoder(None, None, 85), max_bytes=4000)
        numbers = []
        for number, packet in enumerate(container.demux(video=0)):
            if packet.size:
                track.put(packet, Moment(float(number), number))
                if number % 40 == 39:
                    found = track.after(float(number))
                    numbers.append(number_in(found[0].data) if found else None)
    assert numbers == [39, 79, 119, 159, 199]


def test_nothing_before_the_first_keyframe_is_held(tmp_path: Path) -> None:
    """A stream is joined in the middle: its first packets cannot be decoded."""
    with h264(tmp_path) as container:
        track = CodedTrack(container.streams.video[0].codec_context, StillEncoder(None, None, 85))
        packets = [packet for packet in container.demux(video=0) if packet.size]
        for number, packet in enumerate(packets[3:14]):
            track.put(packet, Moment(float(number), number))
            assert track.held() == max(0, number - 6)
        found = track.after(0.0)
    assert found is not None
    assert number_in(found[0].data) == GOP


def test_one_jpeg_is_held(tmp_path: Path) -> None:
    """Motion JPEG: the newest frame and no other."""
    with av.open(str(make_video(tmp_path / "v.avi", "mjpeg"))) as container:
        track = JpegTrack(container.streams.video[0].codec_context, StillEncoder(None, None, 85))
        assert set(play(container, track)) == {1}
    found = track.after(0.0)
    assert found is not None
    assert number_in(found[0].data) == 39
    assert track.held() == 0


def test_a_damaged_packet_costs_no_more_than_its_gop(tmp_path: Path) -> None:
    """The next keyframe is whole again, and nothing is raised."""
    with h264(tmp_path, frames=30) as container:
        codec = container.streams.video[0].codec_context
        track = CodedTrack(codec, StillEncoder(None, None, 85))
        numbers = []
        for number, packet in enumerate(container.demux(video=0)):
            if not packet.size:
                continue
            if number == 5:
                damaged: Packet[VideoStream] = Packet(b"\x00\x00\x00\x04\xff\xff\xff\xff")  # type: ignore[assignment]
                damaged.time_base, damaged.pts, damaged.dts = packet.time_base, packet.pts, packet.dts
                packet = damaged
            track.put(packet, Moment(float(number), number))
            if (found := track.after(float(number))) is not None:
                numbers.append(number_in(found[0].data))
    assert numbers[:5] == list(range(5))
    assert numbers[-20:] == list(range(10, 30))


def test_watched_pictures_are_shown_once_and_not_kept(tmp_path: Path) -> None:
    """The newest stays for a still, and what a caller may be behind; memory does not grow."""
    for keep_s, most in ((0.0, 1), (0.26, 6)):
        shown: list[int] = []
        with h264(tmp_path, frames=40) as container:
            codec = container.streams.video[0].codec_context
            track = CodedTrack(codec, StillEncoder(None, None, 85), keep_s)
            track.watch(lambda frame, moment, shown=shown: shown.append(moment.wall_us))  # type: ignore[misc]
            assert max(play(container, track)) == most
        assert shown == list(range(40))
        found = track.after(0.0)
        assert found is not None
        assert number_in(found[0].data) == 40 - most


def test_a_still_takes_no_picture_from_the_watcher(tmp_path: Path) -> None:
    """A caller may ask at any moment, also while packets of before are decoded."""
    shown: list[int] = []
    with h264(tmp_path, frames=9) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        track = CodedTrack(container.streams.video[0].codec_context, StillEncoder(None, None, 85))

        def on_frame(frame: VideoFrame, moment: Moment) -> None:
            shown.append(moment.wall_us)
            track.after(math.inf)

        for number, packet in enumerate(packets):
            if number == 8:
                track.watch(on_frame)
            track.put(packet, Moment(number / FRAMERATE, number))
    assert shown == list(range(9))
