"""Video of recordings: their own H.264 byte for byte, anything else encoded, every frame at its time."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from ss_camera.clips import Clips
from ss_camera.errors import CameraError, EndOfVideo
from ss_camera.h264 import PPS, SPS, nal_units
from ss_camera.media import ClipPart
from ss_camera.settings.model import CameraSettings, ClipSettings, VideoSettings
from ss_camera.sources.annex_b import AnnexB
from ss_camera.sources.file_video import FileSource
from ss_camera.sources.h264_encoder import H264Encoder
from ss_camera.sources.moments import Moment
from ss_camera.sources.picture import StillEncoder
from ss_camera.sources.tracks import CodedTrack
from ss_camera.sources.video_feed import VideoFeed
from ss_camera.sources.video_track import VideoTrack
from tests.camera.clocks import SteppedClock
from tests.camera.test_file_video import stills_to_the_end
from tests.camera.videos import FRAMERATE, make_video, number_in
from tests.camera.watching import Watched, decode, numbers, watch
from tests.clips.real_video import luma, play

WITHOUT_B = {"bf": "0", "x264-params": "scenecut=0"}
TIMES_US = [number * 1_000_000 // FRAMERATE for number in range(40)]


def open_file(
    path: Path, clock: SteppedClock, said: list[str] | None = None, **settings: object
) -> FileSource:
    camera = CameraSettings("c", kind="file", url=str(path), **settings)  # type: ignore[arg-type]
    return FileSource(camera, clock, (said if said is not None else []).append)


def look_after(source: FileSource, clock: SteppedClock) -> None:
    """As the program does, until the source has failed."""
    while True:
        source.check()
        clock.sleep(0.5)


def to_the_end(source: FileSource, clock: SteppedClock) -> None:
    """Until the video has ended."""
    with pytest.raises(EndOfVideo):
        look_after(source, clock)
    source.close()


def units_in(path: Path) -> list[bytes]:
    """The file's NAL units, read without our code but for the search of start codes."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        in_lengths = (stream.codec_context.extradata or b"\0")[0] == 1
        found: list[bytes] = []
        for packet in container.demux(stream):
            data = bytes(packet)
            if not in_lengths:
                found += nal_units(data)
            while in_lengths and data:
                length = int.from_bytes(data[:4], "big")
                found.append(data[4 : 4 + length])
                data = data[4 + length :]
    return found


def pictures(units: list[bytes]) -> list[bytes]:
    return [unit for unit in units if unit[0] & 31 not in (SPS, PPS)]


@pytest.mark.parametrize("name", ["v.mp4", "v.mkv", "v.ts", "v.h264"])
@pytest.mark.parametrize("motion", [False, True])
def test_h264_is_passed_on_byte_for_byte(tmp_path: Path, name: str, motion: bool) -> None:
    """No picture is encoded again, all times are the file's, and each keyframe brings its parameter sets."""
    path = make_video(tmp_path / name, options=WITHOUT_B)
    clock, said = SteppedClock(), list[str]()
    source = open_file(path, clock, said)
    watched = watch(source, motion=motion)
    to_the_end(source, clock)
    got = [list(nal_units(packet.data)) for packet in watched.packets]
    assert pictures([unit for units in got for unit in units]) == pictures(units_in(path))
    assert watched.times_us == TIMES_US
    assert watched.keys == [0, 10, 20, 30]
    for units in (got[key] for key in watched.keys):
        assert [unit[0] & 31 for unit in units if unit[0] & 31 in (SPS, PPS)] == [SPS, PPS]
    assert numbers(watched) == list(range(40))
    assert len(watched.threads) == 1
    assert any("160x120, the camera's own H.264" in text for text in said)
    assert source.video_size == (160, 120)


def test_motion_samples_are_the_pictures_at_their_times(tmp_path: Path) -> None:
    """Twenty frames a second become ten samples; each is gray and no wider than 320."""
    path = make_video(tmp_path / "v.mp4", options=WITHOUT_B, size=(640, 480))
    clock = SteppedClock()
    source = open_file(path, clock)
    watched = watch(source)
    to_the_end(source, clock)
    assert [sample.pts_us for sample in watched.samples] == TIMES_US[::2]
    for number, sample in zip(range(0, 40, 2), watched.samples, strict=True):
        assert sample.luma is not None
        assert sample.luma.shape == (240, 320)
        assert [column > 128 for column in sample.luma[120, 20::40][:8]] == [
            bool(number >> bit & 1) for bit in range(8)
        ]


@pytest.mark.parametrize(
    ("name", "codec", "options", "why"),
    [
        ("v.mp4", "libx264", {}, "B-frames"),
        ("v.ts", "libx264", {}, "B-frames"),
        ("v.avi", "mjpeg", {}, "encoded"),
        ("v.avi", "mpeg4", {}, "encoded"),
    ],
)
def test_what_clips_cannot_take_is_encoded(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], why: str
) -> None:
    """Each frame once, in order, at its own time; the log says why the processor is busy."""
    path = make_video(tmp_path / name, codec, options=options)
    clock, said = SteppedClock(), list[str]()
    source = open_file(path, clock, said)
    watched = watch(source)
    to_the_end(source, clock)
    assert watched.times_us == pytest.approx([us + watched.times_us[0] for us in TIMES_US], abs=1)
    assert watched.keys == [0, 20]
    assert numbers(watched) == list(range(40))
    assert why in said[-1]


@pytest.mark.parametrize(("name", "codec"), [("v.mp4", "libx264"), ("v.avi", "mjpeg")])
def test_stills_are_taken_while_video_runs(tmp_path: Path, name: str, codec: str) -> None:
    """All pictures of a file are published, and its video as well."""
    options = WITHOUT_B if codec == "libx264" else {}
    clock = SteppedClock()
    source = open_file(make_video(tmp_path / name, codec, options=options), clock)
    watched = watch(source)
    stills = stills_to_the_end(source)
    source.close()
    assert [number_in(still.data) for still in stills] == list(range(40))
    assert numbers(watched) == list(range(40))


def test_times_go_on_where_a_video_is_looped(tmp_path: Path) -> None:
    """The second round follows the first as its frames do each other."""
    clock = SteppedClock()
    source = open_file(make_video(tmp_path / "v.mp4", options=WITHOUT_B), clock, loop=True)
    watched = watch(source, motion=False)
    clock.sleep(4.99)
    source.close()
    assert watched.times_us == [number * 50_000 for number in range(100)]
    assert numbers(watched) == [number % 40 for number in range(100)]


def test_video_that_is_begun_later_begins_with_a_keyframe(tmp_path: Path) -> None:
    """And ends at once when it is told to; stills go on."""
    clock = SteppedClock()
    source = open_file(make_video(tmp_path / "v.mp4", options=WITHOUT_B), clock, framerate=20.0)
    assert number_in(source.still().data) == 0
    clock.sleep(0.12)
    watched = watch(source)
    clock.sleep(0.6)
    source.stop_video()
    assert watched.keys == [0]
    assert watched.times_us == [500_000, 550_000, 600_000, 650_000, 700_000]
    assert [sample.pts_us for sample in watched.samples] == [500_000, 600_000, 700_000]
    assert number_in(source.still().data) > 14
    clock.sleep(0.3)
    assert len(watched.packets) == 5
    source.close()


@pytest.mark.parametrize(("name", "codec"), [("v.mp4", "libx264"), ("v.avi", "mjpeg")])
def test_a_clip_of_the_whole_video_has_exactly_its_frames(tmp_path: Path, name: str, codec: str) -> None:
    """Source, cutter and muxer together: every frame of the source, with its pixels and its time."""
    options = WITHOUT_B if codec == "libx264" else {}
    path = make_video(tmp_path / name, codec, options=options)
    clock = SteppedClock()
    source = open_file(path, clock)
    watched = watch(source)
    clips = Clips(ClipSettings(), room=100_000)
    clips.manual(60.0)
    to_the_end(source, clock)
    parts: list[ClipPart] = []
    for packet in watched.packets:
        parts += clips.packet(packet)
    parts += clips.stop()
    times, shown = play(b"".join(part.data for part in parts))
    assert times == TIMES_US
    assert shown == [luma(frame) for frame in decode(watched.packets)]
    if codec == "libx264":
        with av.open(str(path)) as container:
            assert shown == [luma(frame) for frame in container.decode(video=0)]
    totals = parts[-1].totals
    assert totals is not None
    assert (totals.frames, totals.duration_s, totals.end) == (40, 2.0, "stop")


def test_asked_for_another_size_only_what_is_encoded_has_it(tmp_path: Path) -> None:
    """What is passed on stays as the camera gives it."""
    for name, codec, size in (("v.mp4", "libx264", (160, 120)), ("v.avi", "mjpeg", (64, 48))):
        options = WITHOUT_B if codec == "libx264" else {}
        clock = SteppedClock()
        source = open_file(make_video(tmp_path / name, codec, options=options), clock, width=64, height=48)
        watched = watch(source)
        clock.sleep(0.2)
        source.close()
        assert source.video_size == size
        assert {(frame.width, frame.height) for frame in decode(watched.packets)} == {size}


def test_a_callback_that_fails_is_a_failure_of_the_camera(tmp_path: Path) -> None:
    """The flow hears of it and opens anew."""

    def refuse(packet: object) -> None:
        raise ValueError("no")

    clock = SteppedClock()
    source = open_file(make_video(tmp_path / "v.mp4", options=WITHOUT_B), clock)
    source.start_video(refuse)
    clock.sleep(0.1)
    with pytest.raises(CameraError, match="ValueError"):
        source.check()
    source.close()


def test_b_frames_that_come_later_are_noticed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A stream that begins without them: from the first one on the video is encoded, and goes on in order."""
    watched = Watched()
    with av.open(str(make_video(tmp_path / "v.mp4", options={"bf": "3", "b-adapt": "0"}))) as container:
        stream = container.streams.video[0]
        track = VideoTrack(CodedTrack(stream.codec_context, StillEncoder(None, None, 85)))
        feed = VideoFeed(
            AnnexB(stream), lambda: H264Encoder(160, 120, 20.0, VideoSettings()), watched.packet, None
        )
        track.start(feed, 0.0)
        for packet in container.demux(stream):
            if packet.size:
                assert packet.pts is not None
                at_s = float(packet.pts * packet.time_base)
                track.put(packet, Moment(at_s, round(at_s * 1e6), round(at_s * 1e6)))
        track.end()
    assert "B-frames" in caplog.text
    assert watched.times_us == sorted(set(watched.times_us))
    first = watched.keys[1]
    assert first < 3, "so many were passed on"
    shown = numbers(Watched(packets=watched.packets[first:]))
    assert shown == [us // 50_000 for us in watched.times_us[first:]]
    assert shown == list(range(shown[0], 40))


def test_two_pictures_at_one_time_are_no_b_frames(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A badly joined file, or coarse times: both are passed on, and the rest is not encoded anew."""
    path = tmp_path / "twice.mkv"
    with (
        av.open(str(make_video(tmp_path / "v.mp4", options=WITHOUT_B))) as read,
        av.open(str(path), "w") as file,
    ):
        stream = file.add_stream_from_template(read.streams.video[0])
        for packet in read.demux(read.streams.video[0]):
            if packet.pts is not None:
                number = round(packet.pts * packet.time_base * FRAMERATE)
                packet.pts = packet.dts = packet.pts - (packet.pts // 15 if number == 15 else 0)
                packet.stream = stream
                file.mux(packet)
    clock = SteppedClock()
    source = open_file(path, clock)
    watched = watch(source, motion=False)
    to_the_end(source, clock)
    assert watched.times_us == [*TIMES_US[:15], TIMES_US[14] + 1, *TIMES_US[16:]]
    assert watched.keys == [0, 10, 20, 30]
    assert numbers(watched) == list(range(40))
    assert "B-frames" not in caplog.text


def test_a_picture_an_hour_is_encoded(tmp_path: Path) -> None:
    """At a rate of about 0 an encoder finds no bit for a frame."""
    path, hour_ms = tmp_path / "v.mkv", 3_600_000
    with (
        av.open(str(make_video(tmp_path / "v.avi", "mjpeg", frames=3))) as read,
        av.open(str(path), "w") as file,
    ):
        stream = file.add_stream_from_template(read.streams.video[0])
        stream.time_base = Fraction(1, 1000)
        for number, packet in enumerate(read.demux(read.streams.video[0])):
            if packet.pts is not None:
                packet.time_base, packet.stream = Fraction(1, 1000), stream
                packet.pts = packet.dts = number * hour_ms
                file.mux(packet)
    clock = SteppedClock()
    source = open_file(path, clock)
    watched = watch(source, motion=False)
    clock.sleep(1.0)
    source.check()
    source.close()
    assert numbers(watched) == [0]
