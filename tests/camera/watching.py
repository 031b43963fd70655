"""A source in, what its video gave out: packets, samples, pictures decoded from the packets."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass, field

import av
from av import VideoFrame
from PIL import Image

from ss_camera.media import MotionSample, Packet
from ss_camera.sources.base import Source
from tests.camera.videos import number_in


@dataclass
class Watched:
    """Collects on the source's thread, as the program's queue does; `enough` is set at so many packets."""

    until: int = 0
    packets: list[Packet] = field(default_factory=list)
    samples: list[MotionSample] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)
    enough: threading.Event = field(default_factory=threading.Event)

    def packet(self, packet: Packet) -> None:
        self.threads.add(threading.get_ident())
        self.packets.append(packet)
        if len(self.packets) == self.until:
            self.enough.set()

    def sample(self, sample: MotionSample) -> None:
        self.threads.add(threading.get_ident())
        self.samples.append(sample)

    @property
    def keys(self) -> list[int]:
        """The numbers of the keyframes."""
        return [number for number, packet in enumerate(self.packets) if packet.key]

    @property
    def times_us(self) -> list[int]:
        return [packet.pts_us for packet in self.packets]


def watch(source: Source, until: int = 0, *, motion: bool = True) -> Watched:
    """Start the source's video and collect it."""
    watched = Watched(until)
    source.start_video(watched.packet, watched.sample if motion else None)
    return watched


def decode(packets: list[Packet]) -> list[VideoFrame]:
    """Every picture of a video, in order."""
    decoder = av.CodecContext.create("h264", "r")
    decoder.thread_count = 1
    frames = [frame for packet in packets for frame in decoder.decode(av.Packet(packet.data))]
    return frames + decoder.decode(None)


def numbers(watched: Watched) -> list[int]:
    """The numbers that the frames of `videos.make_video` show, as decoded from the packets."""
    shown = []
    for frame in decode(watched.packets):
        out = io.BytesIO()
        Image.fromarray(frame.to_ndarray(format="rgb24")).save(out, "JPEG")
        shown.append(number_in(out.getvalue()))
    return shown
