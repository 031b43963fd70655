"""`PICAMERA_*` on cameras that know nothing of it: stills, video and samples are edited here."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import av
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from ss_camera import jpeg
from ss_camera.clock import RealClock
from ss_camera.h264 import video_format
from ss_camera.media import Still
from ss_camera.motion import Detector
from ss_camera.mux import Mux
from ss_camera.settings.model import (
    CameraSettings,
    MotionMask,
    MotionSettings,
    Origin,
    Property,
    SyntheticSettings,
    VideoSettings,
)
from ss_camera.sources.annex_b import AnnexB
from ss_camera.sources.file_video import FileSource
from ss_camera.sources.http_video import HttpSource
from ss_camera.sources.rtsp_video import RtspSource
from ss_camera.sources.synthetic import SyntheticSource
from ss_camera.sources.video_source import VideoSource
from tests.camera.clocks import SteppedClock
from tests.camera.network import http_camera, need_rtsp_server, rtsp_server
from tests.camera.test_http_video import multipart
from tests.camera.videos import FRAMES, SIZE, make_video, number_in, numbered_jpeg
from tests.camera.watching import Watched, decode, watch

UPRIGHT = {"PICAMERA_ROTATION": 90}


def settings(kind: str, given: Mapping[str, object], **more: object) -> CameraSettings:
    properties = {name: Property(name, value, Origin(name, ".env:3")) for name, value in given.items()}
    return CameraSettings("c", kind, properties=MappingProxyType(properties), **more)  # type: ignore[arg-type]


def open_file(path: Path, given: Mapping[str, object], clock: SteppedClock, **more: object) -> FileSource:
    return FileSource(settings("file", given, url=str(path), **more), clock, lambda text: None)


def picture(still: Still) -> Image.Image:
    image = Image.open(io.BytesIO(still.data))
    assert image.size == (still.width, still.height)
    return image


def as_taken(still: Still) -> bytes:
    """A still that was turned by 90 degrees, turned back."""
    out = io.BytesIO()
    picture(still).transpose(Image.Transpose.ROTATE_90).save(out, "JPEG", quality=95)
    return out.getvalue()


def played(source: VideoSource, clock: SteppedClock) -> Watched:
    watched = watch(source)
    clock.sleep(FRAMES / 20 + 1)
    source.close()
    return watched


@pytest.mark.parametrize("codec", ["mjpeg", "libx264", "mpeg4"])
def test_a_turned_vga_still_of_a_recording(tmp_path: Path, codec: str) -> None:
    """480x640, the picture's left side on top; each picture once, in its order."""
    path = make_video(tmp_path / "v.avi", codec, size=(640, 480), frames=5)
    source = open_file(path, UPRIGHT, SteppedClock(), width=640, height=480)
    stills = [source.still() for _ in range(5)]
    source.close()
    assert {(still.width, still.height) for still in stills} == {(480, 640)}
    assert [number_in(as_taken(still)) for still in stills] == list(range(5))
    assert source.warnings == ()


@pytest.mark.parametrize("codec", ["mjpeg", "mpeg4"])
def test_encoded_video_has_the_edits_in_it(tmp_path: Path, codec: str) -> None:
    """What is encoded here is turned before; players need not turn it, and samples lie alike."""
    clock = SteppedClock()
    source = open_file(make_video(tmp_path / "v.avi", codec), UPRIGHT, clock, video=VideoSettings())
    assert source.video_size == (120, 160)
    watched = played(source, clock)
    frames = decode(watched.packets)
    assert [(frame.width, frame.height) for frame in frames] == [(120, 160)] * FRAMES
    assert {packet.turn for packet in watched.packets} == {0}
    rows = frames[5].reformat(format="gray").to_ndarray().mean(axis=1)
    assert read_bits(rows) == 5
    assert {sample.luma.shape for sample in watched.samples if sample.luma is not None} == {(160, 120)}
    assert source.warnings == ()


def read_bits(columns: NDArray[np.floating]) -> int:
    middles = ((np.arange(8) + 0.5) * len(columns) / 8).astype(int)
    return sum(1 << bit for bit, at in enumerate(middles) if columns[at] > 128)


def passed_on(path: Path, given: Mapping[str, object]) -> tuple[Watched, FileSource]:
    clock = SteppedClock()
    source = open_file(path, given, clock, video=VideoSettings())
    assert source.video_size == SIZE
    return played(source, clock), source


def test_h264_that_is_passed_on_is_turned_by_the_player(tmp_path: Path) -> None:
    """Byte for byte the camera's, marked; the samples lie as the stills do, so that masks fit."""
    path = make_video(tmp_path / "v.mp4", options={"bf": "0"})
    plain, _ = passed_on(path, {})
    turned, source = passed_on(path, UPRIGHT)
    assert [packet.data for packet in turned.packets] == [packet.data for packet in plain.packets]
    assert {packet.turn for packet in turned.packets} == {90}
    assert len(turned.samples) == len(plain.samples) >= 20
    for before, after in zip(plain.samples, turned.samples, strict=True):
        assert before.luma is not None
        assert after.luma is not None
        assert np.array_equal(after.luma, np.rot90(before.luma, -1))
    assert source.warnings == ()


@pytest.mark.parametrize(
    ("given", "turn", "told"),
    [
        ({"PICAMERA_HFLIP": True, "PICAMERA_VFLIP": True}, 180, []),
        ({"PICAMERA_HFLIP": True, "PICAMERA_VFLIP": True, "PICAMERA_ROTATION": 90}, 270, []),
        ({"PICAMERA_VFLIP": True, "PICAMERA_ROTATION": 90}, 90, ["PICAMERA_VFLIP"]),
        (
            {"PICAMERA_CONTRAST": 20, "PICAMERA_ANNOTATE_TEXT": "%X", "PICAMERA_ZOOM": (0, 0, 0.5, 0.5)},
            0,
            ["PICAMERA_CONTRAST", "PICAMERA_ANNOTATE_TEXT", "PICAMERA_ZOOM"],
        ),
    ],
)
def test_what_a_player_cannot_do_is_said(
    tmp_path: Path, given: dict[str, object], turn: int, told: list[str]
) -> None:
    """One sentence for each setting that clips do not show."""
    watched, source = passed_on(make_video(tmp_path / "v.mp4", options={"bf": "0"}), given)
    assert {packet.turn for packet in watched.packets} == {turn}
    expected = {f"{name} (.env:3) is seen in stills and not in clips" for name in told}
    assert set(source.warnings) == expected
    assert len(source.warnings) == len(told)


def test_without_clips_nothing_is_said_of_them(tmp_path: Path) -> None:
    """Stills have it all."""
    path = make_video(tmp_path / "v.mp4", frames=3, options={"bf": "0"})
    source = open_file(path, {"PICAMERA_CONTRAST": 20}, SteppedClock())
    source.close()
    assert source.warnings == ()


def test_b_frames_are_encoded_with_the_edits(tmp_path: Path) -> None:
    """So nothing is left to the player, and there is nothing to say."""
    clock = SteppedClock()
    path = make_video(tmp_path / "v.mp4", options={"bf": "2"})
    source = open_file(path, UPRIGHT | {"PICAMERA_VFLIP": True}, clock, video=VideoSettings())
    watched = played(source, clock)
    assert {packet.turn for packet in watched.packets} == {0}
    assert {(frame.width, frame.height) for frame in decode(watched.packets)} == {(120, 160)}
    assert source.warnings == ()


def test_b_frames_found_late_are_encoded_upright(tmp_path: Path) -> None:
    """What was passed on is marked, and what is encoded from there on is turned: the next clip begins."""
    clock = SteppedClock()
    path = make_video(tmp_path / "v.mp4", options={"bf": "3", "b-adapt": "0"})
    source = open_file(path, UPRIGHT, clock, video=VideoSettings())
    source._passing = AnnexB(av.open(str(path)).streams.video[0])  # as if the stream had not said it
    watched = played(source, clock)
    assert [packet.turn for packet in watched.packets[:1]] == [90]
    first = watched.keys[1]
    assert {packet.turn for packet in watched.packets[first:]} == {0}
    assert {(frame.width, frame.height) for frame in decode(watched.packets[first:])} == {(120, 160)}


def test_a_jpeg_with_nothing_to_edit_is_the_cameras_own() -> None:
    """Byte for byte; with EXIF tags the picture in it still is."""
    frame = numbered_jpeg(7)
    with http_camera(multipart(lambda number: frame)) as camera:
        given: dict[str, object]
        for given in ({}, {"PICAMERA_EXIF_TAGS__IFD0.Artist": "me"}, {"PICAMERA_HFLIP": True}):
            source = HttpSource(settings("http", given, url=camera.url()), RealClock(), lambda text: None)
            still = source.still()
            source.close()
            scan = frame[frame.index(b"\xff\xda") :]
            assert (still.data == frame) == (not given)
            assert still.data.endswith(scan) == ("PICAMERA_HFLIP" not in given)
            assert bool(jpeg.exif(still.data)) == ("PICAMERA_EXIF_TAGS__IFD0.Artist" in given)


def test_a_turned_network_camera() -> None:
    """RTSP: stills upright, packets marked."""
    need_rtsp_server()
    with rtsp_server() as server:
        camera = settings("rtsp", UPRIGHT, url=server.url("h264"), video=VideoSettings())
        source = RtspSource(camera, RealClock(), lambda text: None)
        watched = watch(source, until=3)
        still = source.still()
        assert watched.enough.wait(20)
        width, height = source.video_size
        source.close()
    assert (still.width, still.height) == (height, width) == (240, 320)
    assert {packet.turn for packet in watched.packets} == {90}


def mp4_of_motion(path: Path, place: tuple[float, float]) -> Path:
    """H.264 of a scene in which something moves around this place from second 2 to 4."""
    clock = SteppedClock()
    script = SyntheticSettings(motion=((2.0, 2.0),), size=0.2, place=place)
    camera = CameraSettings("c", "synthetic", width=640, height=480, framerate=10.0, synthetic=script)
    source = SyntheticSource(camera, clock, lambda text: None)
    packets = watch(source, motion=False).packets
    clock.sleep(5.0)
    source.close()
    video = video_format(packets[0].data)
    assert video is not None
    mux = Mux(video, packets[0])
    pieces = [mux.init(), *(piece for packet in packets for piece in mux.add(packet)), *mux.finish()]
    path.write_bytes(b"".join(piece.data for piece in pieces))
    return path


SCENES_TEXT = (0.85, 0.0, 0.15, 1.0)  # the band at the sensor's top, on the right side of the turned picture


@pytest.mark.parametrize(
    ("rectangle", "moves"), [((0.0, 0.25, 0.5, 0.75), False), ((0.5, 0.25, 0.35, 0.75), True)]
)
def test_a_mask_is_drawn_over_what_people_see(
    tmp_path: Path, rectangle: tuple[float, float, float, float], moves: bool
) -> None:
    """What moves at the sensor's right bottom is at the left bottom once it is turned by 90 degrees."""
    path = mp4_of_motion(tmp_path / "v.mp4", (0.8, 0.8))
    clock = SteppedClock()
    source = open_file(path, UPRIGHT, clock, video=VideoSettings())
    watched = watch(source)
    clock.sleep(6.0)
    source.close()
    assert {packet.turn for packet in watched.packets} == {90}
    detector = Detector(
        MotionSettings(mask=MotionMask(rectangles=(SCENES_TEXT, rectangle))), *source.video_size
    )
    assert any(detector.feed(sample).moving for sample in watched.samples) == moves


def drawn(given: Mapping[str, object], **more: object) -> tuple[SyntheticSource, SteppedClock]:
    clock = SteppedClock()
    camera = settings("synthetic", given, width=320, height=240, framerate=10.0, **more)
    return SyntheticSource(camera, clock, lambda text: None), clock


def test_the_drawn_camera_is_turned_too() -> None:
    """Stills, video and samples, all from the same scene."""
    plain, _ = drawn({})
    source, clock = drawn(UPRIGHT | {"PICAMERA_HFLIP": True})
    expected = np.asarray(picture(plain.still()).convert("L")).astype(int)
    shown = np.asarray(picture(source.still()).convert("L")).astype(int)
    assert np.abs(shown - np.rot90(expected[:, ::-1], -1)).mean() < 3
    watched = watch(source)
    clock.sleep(1.0)
    source.close()
    plain.close()
    assert source.video_size == (240, 320)
    assert {(frame.width, frame.height) for frame in decode(watched.packets)} == {(240, 320)}
    assert {sample.luma.shape for sample in watched.samples if sample.luma is not None} == {(320, 240)}


def test_zoom_keeps_motion_to_what_is_seen() -> None:
    """What moves outside of the part that is shown is no motion."""
    script = SyntheticSettings(motion=((0.0, 5.0),), size=0.2, place=(0.8, 0.8))
    spans = []
    for zoom in ((0.0, 0.3, 0.4, 0.4), (0.5, 0.3, 0.5, 0.7)):
        source, clock = drawn({"PICAMERA_ZOOM": zoom}, synthetic=script)
        watched = watch(source)
        clock.sleep(2.0)
        source.close()
        lumas = np.array([sample.luma for sample in watched.samples])
        spans.append(int(np.ptp(lumas.astype(int), axis=0).max()))
    assert spans[0] < 30 < 100 < spans[1]


def test_the_drawn_cameras_annotation_has_its_frame_number() -> None:
    """Drawn into stills and video, and into no sample."""
    given = {"PICAMERA_ANNOTATE_FRAME_NUM": True, "PICAMERA_ANNOTATE_TEXT": "gate"}
    source, clock = drawn(given, synthetic=SyntheticSettings(motion=((90.0, 1.0),)))
    watched = watch(source)
    clock.sleep(1.0)
    source.close()
    lumas = np.array([sample.luma for sample in watched.samples])
    assert np.ptp(lumas.astype(int), axis=0).max() == 0
