"""Chromium plays the parts as they come (Media Source Extensions) and as one file."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from av import VideoFrame
from av.video.reformatter import ColorRange

from ss_camera.media import Packet
from ss_camera.settings.model import VideoSettings
from ss_camera.sources.h264_encoder import H264Encoder
from tests.clips.real_video import encode, turned
from tests.clips.test_players import record
from tests.parts import chromium, need

STREAMED = """async ([codec, parts]) => {
  const video = document.createElement('video'); video.muted = true;
  const source = new MediaSource(); video.src = URL.createObjectURL(source);
  await new Promise(done => source.addEventListener('sourceopen', done, {once: true}));
  const buffer = source.addSourceBuffer(`video/mp4; codecs="${codec}"`);
  for (const part of parts) {
    const ended = new Promise((done, failed) => {
      buffer.onupdateend = done; buffer.onerror = () => failed('refused');
    });
    buffer.appendBuffer(Uint8Array.from(atob(part), letter => letter.charCodeAt(0)));
    await ended;
  }
  source.endOfStream();
  return await (PLAY)(video);
}"""
FILE = """async ([codec, parts]) => {
  const video = document.createElement('video'); video.muted = true;
  const bytes = parts.map(part => Uint8Array.from(atob(part), letter => letter.charCodeAt(0)));
  video.src = URL.createObjectURL(new Blob(bytes, {type: 'video/mp4'}));
  return await (PLAY)(video);
}"""
PLAY = """async video => {
  video.playbackRate = 4;
  const ended = new Promise((done, failed) => {
    video.onended = done; video.onerror = () => failed(video.error.message);
  });
  await video.play();
  await ended;
  const quality = video.getVideoPlaybackQuality();
  return {width: video.videoWidth, height: video.videoHeight, at: video.currentTime,
          ranges: video.buffered.length, begins: video.buffered.start(0),
          ends: video.buffered.end(video.buffered.length - 1),
          frames: quality.totalVideoFrames, corrupted: quality.corruptedVideoFrames};
}"""

LEVELS = """async video => {
  await video.play();
  await new Promise(done => video.requestVideoFrameCallback(done));
  video.pause();
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d');
  context.drawImage(video, 0, 0);
  return Array.from(context.getImageData(8, 8, 1, 1).data);
}"""


@pytest.fixture(scope="module")
def page() -> Iterator[object]:
    need("playwright")
    where = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, args=["--no-sandbox"])
        yield browser.new_page()
        browser.close()


@pytest.mark.parametrize("way", [STREAMED, FILE], ids=["as it comes", "as a file"])
@pytest.mark.parametrize("profile", ["baseline", "high"])
def test_chromium_plays_every_frame(page: object, way: str, profile: str) -> None:
    """With our boxes between the fragments; from 0 to the end of the last frame, without a hole."""
    packets = encode(80, gop=20, profile=profile)
    messages = record(packets, 50)
    first = messages[0].payload
    codec = first[first.index(b'"codec":"') + 9 :].split(b'"')[0].decode()
    parts = [base64.b64encode(message.payload).decode() for message in messages]
    seen = page.evaluate(way.replace("PLAY", PLAY), [codec, parts])  # type: ignore[attr-defined]
    assert (seen["width"], seen["height"]) == (320, 240)
    assert (seen["ranges"], seen["begins"], seen["ends"]) == (1, 0, 3.0)
    assert (seen["at"], seen["corrupted"]) == (3.0, 0)
    assert seen["frames"] == 60


@pytest.mark.parametrize("way", [STREAMED, FILE], ids=["as it comes", "as a file"])
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_chromium_turns_the_video_of_a_turned_camera(page: object, way: str, turn: int) -> None:
    """Upright without a new encoding: the size it shows is the turned one."""
    messages = record(turned(encode(80, gop=20), turn), 50)
    parts = [base64.b64encode(message.payload).decode() for message in messages]
    seen = page.evaluate(way.replace("PLAY", PLAY), ["avc1.42C01E", parts])  # type: ignore[attr-defined]
    assert (seen["width"], seen["height"]) == ((320, 240) if turn == 180 else (240, 320))
    assert (seen["ranges"], seen["at"], seen["corrupted"]) == (1, 3.0, 0)
    assert seen["frames"] >= 60, "60, and 64 in some runs: it counts a few twice"


@pytest.mark.parametrize("full", [True, False], ids=["full range", "video range"])
def test_chromium_shows_the_brightness_that_the_camera_gave(page: object, full: bool) -> None:
    """JPEG cameras use all levels and others 16 to 235: dark gray is the same gray either way."""
    encoder = H264Encoder(320, 240, 20.0, VideoSettings())
    packets: list[Packet] = []
    for number in range(40):
        frame = VideoFrame(320, 240, "yuv420p")
        for plane, level in zip(frame.planes, (24 if full else 16 + 24 * 219 // 255, 128, 128), strict=True):
            plane.update(bytes([level]) * plane.buffer_size)
        frame.color_range = ColorRange.JPEG if full else ColorRange.MPEG
        packets += encoder.encode(frame, number * 50_000, number * 50_000)
    parts = [base64.b64encode(each.payload).decode() for each in record(packets, 20)]
    shown = page.evaluate(FILE.replace("PLAY", LEVELS), ["", parts])  # type: ignore[attr-defined]
    assert all(abs(level - 24) <= 2 for level in shown[:3]), shown
