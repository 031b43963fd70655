"""Frames in, packets of H.264 out, for cameras that give none: libx264, one packet a frame at once.

Measured on one x86-64 core at 20 frames/s and 5 Mbit/s, ms a frame for 640x480 / 1280x720: baseline and
high 1.6 / 3.9, main 2.9 / 5.3.
"""

from __future__ import annotations

import threading
from fractions import Fraction

import av
from av import FFmpegError, VideoCodecContext, VideoFrame
from av.video.frame import PictureType
from av.video.reformatter import VideoReformatter

from ss_camera.errors import CameraError
from ss_camera.media import Packet
from ss_camera.settings.model import VideoSettings

_MACROBLOCK_PX = 16
_MICROSECOND = Fraction(1, 1_000_000)
_FULL_RANGE = 2  # AVCOL_RANGE_JPEG
_UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED
_BT601 = 6  # AVCOL_SPC_SMPTE170M
_BT709 = 1  # AVCOL_PRI_BT709, AVCOL_TRC_BT709: what cameras and screens have
# `ultrafast` turns off what makes the profile: these turn on what is needed and no more. The transform of
# 8x8 costs nothing; of the main profile nothing but CABAC can be had without B-frames, and takes 40 to 80 %
_TOOLS = {"baseline": "cabac=0:8x8dct=0", "main": "cabac=1:8x8dct=0", "high": "cabac=0:8x8dct=1"}


class H264Encoder:
    """Encodes frames of any size and form as pictures of one size, on one thread.

    `width` and `height` are as `encoded_size` gives them. `framerate` is what the camera says. The GOP
    follows the frames' own times; rate control spends `bitrate / framerate` on a frame: x264 could go by the
    times only if each packet waited for the next frame.
    """

    def __init__(self, width: int, height: int, framerate: float, settings: VideoSettings) -> None:
        self.width, self.height = width, height
        self._gop_us = round(settings.gop_s * 1e6)
        gop = max(1, round(settings.gop_s * framerate))
        self._context = _context(width, height, framerate, gop, settings)
        self._reformatter = VideoReformatter()
        self._key_asked = threading.Event()
        self._key_us = 0
        self._last_us = -1
        self._described = False

    def request_key(self) -> None:
        """Make the next frame a keyframe; from any thread."""
        self._key_asked.set()

    def encode(self, frame: VideoFrame, pts_us: int, captured_us: int) -> list[Packet]:
        """The frame's packet. `pts_us` is in microseconds; where it is not later than the one before, it is
        taken as the next microsecond. Raises `CameraError` where libx264 refuses the settings."""
        pts_us = max(pts_us, self._last_us + 1)
        if not self._described:
            self._describe(frame)
        fitted = self._fit(frame)
        fitted.pts, fitted.time_base = pts_us, _MICROSECOND
        # a decoded frame says what it was encoded as, and x264 would obey: all keyframes, measured
        fitted.pict_type = PictureType.I if self._needs_key(pts_us) else PictureType.NONE
        self._last_us = pts_us
        try:
            packets = self._context.encode(fitted)
        except FFmpegError as error:
            raise CameraError(f"libx264 failed: {error.strerror}") from None
        return [self._packet(bytes(packet), packet.is_keyframe, pts_us, captured_us) for packet in packets]

    def _needs_key(self, pts_us: int) -> bool:
        """Whether one was asked for, or a camera slower than it says has filled the time of a GOP."""
        asked = self._key_asked.is_set()
        self._key_asked.clear()
        return asked or pts_us - self._key_us >= self._gop_us

    def _packet(self, data: bytes, key: bool, pts_us: int, captured_us: int) -> Packet:
        if key:
            self._key_us = pts_us
        return Packet(data, key, pts_us, captured_us)

    def _describe(self, frame: VideoFrame) -> None:
        """Tell players what the first frame's numbers mean: nothing is converted that need not be."""
        rgb = frame.format.is_rgb
        full = frame.color_range == _FULL_RANGE or frame.format.name.startswith("yuvj")
        self._context.pix_fmt = "yuvj420p" if full and not rgb else "yuv420p"
        self._context.color_range = _FULL_RANGE if full and not rgb else 1
        # JPEG is BT.601 whatever its size, where players take unmarked HD for BT.709
        known = frame.colorspace if frame.colorspace not in (0, _UNSPECIFIED) else _BT601
        self._context.colorspace = _BT601 if rgb else known
        # Chromium heeds neither range nor matrix where these two are not said: luma 24 was shown as 9
        self._context.color_primaries = self._context.color_trc = _BT709
        self._described = True

    def _fit(self, frame: VideoFrame) -> VideoFrame:
        pix_fmt = self._context.pix_fmt
        return self._reformatter.reformat(frame, self.width, self.height, pix_fmt, threads=1)


def encoded_size(width: int, height: int) -> tuple[int, int]:
    """The size of the video for pictures of this size: even, as the colours have half of it.

    Raises `CameraError` where there is not one macroblock.
    """
    if width < _MACROBLOCK_PX or height < _MACROBLOCK_PX:
        raise CameraError(f"video needs pictures of 16x16 or more, and these have {width}x{height}")
    return width // 2 * 2, height // 2 * 2


def _context(
    width: int, height: int, framerate: float, gop: int, settings: VideoSettings
) -> VideoCodecContext:
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height = width, height
    context.time_base = _MICROSECOND
    context.framerate = Fraction(framerate).limit_denominator(1001)
    context.thread_count = 1
    # the buffer of the rate control bounds a frame, and x264 takes none that is smaller than the rate's frame
    frame_bits = settings.frame_bytes * 8
    bitrate = min(settings.bitrate, int(frame_bits * framerate))
    context.bit_rate = bitrate
    context.gop_size = gop
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": settings.profile,
        "level": settings.level,
        "forced-idr": "1",
        "maxrate": str(bitrate),
        "bufsize": str(min(bitrate, frame_bits)),
        "x264-params": f"repeat-headers=1:scenecut=0:keyint={gop}:{_TOOLS[settings.profile]}",
    }
    return context
