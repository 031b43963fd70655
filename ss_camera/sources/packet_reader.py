"""An opening in, its packets handed to a track as they come, by a thread of its own, out.

FFmpeg may hang in a driver, a name server or a dead network, and some of that cannot be ended from
outside; so that everything that may hang is done on this thread, and nobody waits for it unbounded.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Generator, Iterator
from typing import cast

from av import FFmpegError
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from ss_camera.clock import Clock
from ss_camera.errors import CameraError, CameraTimeout, EndOfVideo
from ss_camera.sources.moments import LiveTimes, Moment, Playback
from ss_camera.sources.opening import TIMEOUT_S, Opening, explain, next_packet, no_frame, open_container
from ss_camera.sources.packet_memory import packet_of
from ss_camera.sources.video_track import VideoTrack
from ss_camera.sources.whole_pictures import whole_pictures

CLOSE_S = 4.0
"""How long `close` waits for the thread; one that hangs longer is left to end by itself."""

_FALLBACK_FRAMERATE = 25.0
# formats without times: FFmpeg counts 25 frames a second, whatever the camera gives
_TIMELESS = frozenset({"mpjpeg", "mjpeg", "h264", "image2"})
_PLAY_WAIT_S = 3600.0  # any: it is waited for again

_logger = logging.getLogger(__name__)


MakeTrack = Callable[[VideoStream], VideoTrack]


class PacketReader:
    """Opens, reads and closes one container. `news` is set whenever there is something to look at."""

    def __init__(self, opening: Opening, make_track: MakeTrack, clock: Clock) -> None:
        self.news = threading.Event()
        self.idle_until_s = 0.0
        """Until when no packet is expected: a video that is played waits for its time."""
        self._opening = opening
        self._clock = clock
        self._began_s = 0.0
        self._track: VideoTrack | None = None
        # not the error itself: its traceback would hold this object, and so a decoder's memory
        self._failure: tuple[type[CameraError], str] | None = None
        self._play = threading.Event()
        self._stop = threading.Event()
        # daemon: a thread stuck in a driver must not keep the program from ending
        self._thread = threading.Thread(
            target=self._run, args=(make_track,), name=f"camera {opening.name}", daemon=True
        )
        self._thread.start()

    def wait_open(self) -> VideoTrack:
        """The track, once the container is open. Raises `CameraError`; `CameraTimeout` after a while."""
        deadline_s = self._clock.monotonic_s() + TIMEOUT_S + 1.0  # FFmpeg's own time-out comes first
        while self._track is None:
            self.raise_failure()
            left_s = deadline_s - self._clock.monotonic_s()
            if left_s <= 0:
                self._stop.set()
                self._play.set()
                raise CameraTimeout(f"{self._opening.name} could not be opened within {TIMEOUT_S:.0f} s")
            self._clock.wait(self.news, left_s)
            self.news.clear()
        return self._track

    def play(self) -> None:
        """Begin to read. A recording begins when its first still, or its video, is asked for."""
        self._play.set()

    def has_failed(self) -> bool:
        """Whether no more packets will come."""
        return self._failure is not None

    def raise_failure(self) -> None:
        """Raise why no more packets will come, if none will."""
        if self._failure is not None:
            kind, sentence = self._failure
            raise kind(sentence)

    def wait_until(self, due_s: float) -> None:
        """Wait for a moment of the monotonic clock, or for `close`."""
        while (wait_s := due_s - self._clock.monotonic_s()) > 1e-6:
            if self._clock.wait(self._stop, wait_s):
                return

    def close(self) -> None:
        """Stop reading; returns within `CLOSE_S`."""
        self._stop.set()
        self._play.set()
        self._thread.join(CLOSE_S)
        if self._thread.is_alive():
            _logger.warning("%s hangs while it is closed, and is left behind", self._opening.name)

    def _run(self, make_track: MakeTrack) -> None:
        try:
            self._read(make_track)
        except CameraError as error:
            self._failure = type(error), str(error)
        except Exception as error:  # a thread's outer edge: the flow must hear of it, and opens anew
            _logger.exception("reading %s failed: this is a fault of ss-camera", self._opening.name)
            self._failure = CameraError, f"reading {self._opening.name} failed: {type(error).__name__}"
        self.news.set()

    def _read(self, make_track: MakeTrack) -> None:
        container = open_container(self._opening, self._clock)
        try:
            track = make_track(container.streams.video[0])
            paced = self._opening.paced if self._opening.paced is not None else bool(container.duration)
            self._track = track
            self.news.set()
            if not paced:
                self._read_live(container, track)
                return
            while not self._clock.wait(self._play, _PLAY_WAIT_S):
                pass
            start_s = self._began_s = self._clock.monotonic_s()
            while True:
                start_s = self._play_once(container, track, start_s)
                if self._stop.is_set():
                    return
                if not self._opening.loop:
                    raise EndOfVideo(f"{self._opening.name} has ended")
                # opened anew, not sought in: not every container and server can seek
                container.close()
                container = open_container(self._opening, self._clock)
        finally:
            container.close()

    def _read_live(self, container: InputContainer, track: VideoTrack) -> None:
        try:
            with self._demuxed(container) as packets:
                for packet, moment in self._arriving(container, packets):
                    track.put(packet, moment)
                    self.news.set()
        finally:
            track.end()  # what came before the failure is shown and handed out
        raise CameraError(f"{self._opening.name} ended the stream")

    def _arriving(
        self, container: InputContainer, packets: Iterator[Packet[VideoStream]]
    ) -> Iterator[tuple[Packet[VideoStream], Moment]]:
        form = container.format.name
        times = LiveTimes(self._clock, trusted=form not in _TIMELESS)
        if form == "rtsp" and container.streams.video[0].codec_context.name == "h264":
            return whole_pictures(packets, times)
        return ((packet, times.moment(packet)) for packet in packets)

    def _play_once(self, container: InputContainer, track: VideoTrack, start_s: float) -> float:
        """Play a recording from `start_s` on; returns when its last picture has had its time."""
        stream = container.streams.video[0]
        # the guess looks into a stream without times; the average of that is FFmpeg's 25
        rate = stream.guessed_rate or stream.average_rate or _FALLBACK_FRAMERATE
        playback = Playback(start_s, float(1 / rate), bool(stream.codec_context.has_b_frames))
        with self._demuxed(container) as packets:
            for packet in packets:
                due = playback.place(packet)
                self.idle_until_s = due.decode_s
                self.wait_until(due.decode_s)
                if self._stop.is_set():
                    return start_s
                ahead_s = due.shown_s - self._clock.monotonic_s()
                wall_us = self._clock.wall_us() + round(ahead_s * 1e6)
                pts_us = round((due.shown_s - self._began_s) * 1e6)
                track.put(packet, Moment(due.shown_s, wall_us, pts_us, due.in_turn))
                self.news.set()
        if playback.end_s == start_s:
            raise CameraError(f"{self._opening.name} holds no frames")
        track.end()
        self.news.set()
        self.idle_until_s = playback.end_s
        self.wait_until(playback.end_s)
        return playback.end_s

    @contextlib.contextmanager
    def _demuxed(self, container: InputContainer) -> Iterator[Iterator[Packet[VideoStream]]]:
        """The packets up to the end of the stream or `close`; reading raises `CameraError`.

        Behind the block nothing holds a packet of FFmpeg's any more: PyAV's generator, which has the last
        one, is closed. Of a V4L2 camera a packet is memory of the driver, given back when the packet is
        freed; behind the end of its container that crashes the interpreter (mmap_release_buffer in FFmpeg's
        libavdevice/v4l2.c).
        """
        demuxed = cast("Generator[Packet[VideoStream]]", container.demux(container.streams.video[0]))
        with contextlib.closing(demuxed):
            yield self._packets(demuxed)

    def _packets(self, packets: Iterator[Packet[VideoStream]]) -> Iterator[Packet[VideoStream]]:
        while not self._stop.is_set():
            began_s = self._clock.monotonic_s()
            try:
                packet = next_packet(packets)
            except FFmpegError as error:
                raise explain(error, self._opening, self._clock.monotonic_s() - began_s) from None
            if packet is None:
                return
            if not packet.size:  # PyAV ends with an empty one
                continue
            if self._opening.lends:
                packet = packet_of(packet, packet)
            late_s = self._clock.monotonic_s() - began_s
            yield packet
            # a read that is given up first hands out the frame that FFmpeg's parser held; the next one, which
            # tells of it, takes as long again
            if not self._opening.paced and late_s >= TIMEOUT_S:
                raise no_frame(self._opening)
