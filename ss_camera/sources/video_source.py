"""An opening and the camera settings in, a `Source` over whatever FFmpeg can read out."""

from __future__ import annotations

import math
from collections.abc import Callable

from av.video.stream import VideoStream

from ss_camera.clock import Clock
from ss_camera.errors import CameraError
from ss_camera.media import Still
from ss_camera.properties.clips import stills_only
from ss_camera.properties.software import software_plan
from ss_camera.settings.model import CameraSettings, VideoSettings
from ss_camera.sources.annex_b import AnnexB
from ss_camera.sources.base import OnMotion, OnPacket
from ss_camera.sources.exif_tags import ExifTags
from ss_camera.sources.h264_encoder import H264Encoder, encoded_size
from ss_camera.sources.opening import TIMEOUT_S, Opening, no_frame
from ss_camera.sources.orientation import Orientation, beyond_a_turn
from ss_camera.sources.packet_reader import PacketReader
from ss_camera.sources.picture import StillEncoder
from ss_camera.sources.tracks import CodedTrack, JpegTrack
from ss_camera.sources.video_feed import VideoFeed
from ss_camera.sources.video_track import VideoTrack

LATE_S = 0.9
"""A file's pictures wait this long for a caller: less than the second that is the shortest schedule."""


_FALLBACK_FRAMERATE = 25.0
_SLOWEST, _FASTEST = 0.01, 240.0


class VideoSource:
    """An open stream or recording.

    Its video is its own H.264 where it has some, without B-frames; of anything else it is encoded, in the
    size of the stills and with what is edited in them.

    `Still.captured_us` is the wall time at which the frame arrived here, or, of a recording, at
    which it is shown. A stream that is looked into before it is opened hands over what it gathered
    meanwhile at once: the first still of a network camera may be up to two seconds old.
    """

    def __init__(
        self, opening: Opening, camera: CameraSettings, clock: Clock, say: Callable[[str], None]
    ) -> None:
        self._opening = opening
        self._clock = clock
        plan = software_plan(camera)
        self._edits = plan.edits
        self._encoder = StillEncoder(camera.width, camera.height, camera.quality, plan.edits)
        self._tags = ExifTags(plan.exif_tags, camera.properties)
        # the whole program takes every picture of a file in this case: see app.py
        self._late_s = LATE_S if camera.kind == "file" and camera.framerate is None else 0.0
        self._last_due_s = -math.inf
        self._video = camera.video or VideoSettings()
        self._size = 0, 0
        self._framerate = _FALLBACK_FRAMERATE
        self._passing: AnnexB | None = None
        self._reordered = False
        self.description = opening.name
        self._say = say
        self._reader = PacketReader(opening, self._make_track, clock)
        self._track = self._reader.wait_open()
        self.warnings = (*plan.warnings, *self._tags.warnings)
        if camera.video is not None and self._passing is not None:
            self.warnings += stills_only(camera, beyond_a_turn(plan.edits))

    def still(self) -> Still:
        """The first picture that arrives (of a recording: is shown) after the call.

        Of a file whose pictures are all asked for, the next one, when the caller is late by less
        than `LATE_S`.
        """
        asked_s = self._clock.monotonic_s()
        if asked_s - self._last_due_s <= self._late_s:
            asked_s = self._last_due_s
        asked_s = max(asked_s, math.nextafter(self._last_due_s, math.inf))
        self._reader.play()
        while True:
            self._reader.news.clear()
            ended = self._reader.has_failed()  # asked before the last look: no last frame is missed
            found = self._track.after(asked_s)
            if found is not None:
                still, self._last_due_s = found
                self._reader.wait_until(self._last_due_s)
                return self._tags.written_into(still)
            if ended:
                self._reader.raise_failure()
            left_s = max(asked_s, self._reader.idle_until_s) + TIMEOUT_S - self._clock.monotonic_s()
            if left_s <= 0:
                raise no_frame(self._opening)
            self._clock.wait(self._reader.news, left_s)

    @property
    def video_size(self) -> tuple[int, int]:
        return self._size if self._passing else self._encoded_size()

    def start_video(self, on_packet: OnPacket, on_motion: OnMotion | None = None) -> None:
        width, height = self.video_size
        size = self._encoder.size or self._size
        feed = VideoFeed(self._passing, self._make_encoder, on_packet, on_motion, self._edits, size)
        how = (
            "the camera's own H.264" if self._passing else f"encoded at {self._video.bitrate / 1e6:g} Mbit/s"
        )
        if self._reordered:
            how += ": its own H.264 has B-frames, which clips do not take"
        self._say(f"{self._opening.name}: video of {width}x{height}, {how}")
        self._track.start(feed, self._clock.monotonic_s())
        self._reader.play()

    def check(self) -> None:
        self._reader.raise_failure()
        last_s = max(self._track.last_s, self._reader.idle_until_s)
        if self._track.feed is not None and self._clock.monotonic_s() - last_s > TIMEOUT_S:
            raise no_frame(self._opening)

    def request_key(self) -> None:
        if (feed := self._track.feed) is not None:
            feed.request_key()

    def stop_video(self) -> None:
        self._track.stop()

    def close(self) -> None:
        self._reader.close()
        self._track.stop()

    def _make_encoder(self) -> H264Encoder:
        return H264Encoder(*self._encoded_size(), self._framerate, self._video)

    def _encoded_size(self) -> tuple[int, int]:
        return encoded_size(*Orientation.of(self._edits).size(*(self._encoder.size or self._size)))

    def _make_track(self, stream: VideoStream) -> VideoTrack:
        """Called on the reader's thread, once the stream is known."""
        codec = stream.codec_context
        width, height = codec.width, codec.height
        if not width or not height:
            raise CameraError(f"{self._opening.name} does not say how large its pictures are")
        as_it_is = codec.name == "mjpeg" and self._encoder.wants(width, height)
        self.description = f"{self._opening.name}: {codec.name} {width}x{height}"
        if stream.average_rate:
            self.description += f" at {float(stream.average_rate):.3g} frames/s"
        if as_it_is:
            self.description += ", JPEG passed on as it is"
        elif not self._encoder.fits(width, height):
            self._say_scaling(width, height)
        self._size = width, height
        self._framerate = _plausible(float(stream.average_rate or _FALLBACK_FRAMERATE))
        if codec.name == "h264":
            self._reordered = codec.has_b_frames
            self._passing = None if self._reordered else AnnexB(stream)
        track = JpegTrack if codec.name == "mjpeg" else CodedTrack
        return VideoTrack(track(codec, self._encoder, self._late_s))

    def _say_scaling(self, width: int, height: int) -> None:
        asked = self._encoder.size or (width, height)
        text = f"{self._opening.name} gives {width}x{height}, scaled to the {asked[0]}x{asked[1]} asked for"
        if width * asked[1] != height * asked[0]:
            text += ", which changes the picture's shape"
        self._say(text)


def _plausible(framerate: float) -> float:
    """For the rate control of an encoder, which takes none of about 0 (a picture an hour, damaged times),
    and leaves nothing for a frame at 1000, which containers in milliseconds say."""
    return max(framerate, _SLOWEST) if framerate <= _FASTEST else _FALLBACK_FRAMERATE
