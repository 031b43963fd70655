"""What a source is: the one place where a camera library is spoken to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ss_camera.media import MotionSample, Packet, Still

OnPacket = Callable[[Packet], None]
OnMotion = Callable[[MotionSample], None]


class Source(Protocol):
    """An open camera. Making the object opens it; every method but `close` may raise `CameraError`.

    Stills and video work at the same time. All methods are called from one thread.
    """

    description: str
    """One readable phrase for the log: what was opened, at what size and rate."""

    warnings: tuple[str, ...]
    """A whole sentence for each setting that this camera cannot do as asked; it names the variable."""

    def still(self) -> Still:
        """The next picture exposed after the call, as a JPEG.

        Raises `CameraTimeout` when none comes in time, `EndOfVideo` when a file has ended,
        `CameraError` for anything else. The caller closes the source after any of them.
        """
        ...

    @property
    def video_size(self) -> tuple[int, int]:
        """Width and height of the packets' pictures in pixels; known after `start_video`."""
        ...

    def start_video(self, on_packet: OnPacket, on_motion: OnMotion | None = None) -> None:
        """Give every frame from now on as a packet, the first one a keyframe, and samples of them.

        Both are called on one thread of the source's own, in the order of time: they only enqueue, as the
        camera waits for them. Samples of luma come for a part of the frames, at most 15 a second, an
        encoder's vectors with each; without `on_motion` there are none, and what is not needed for
        anything else is not decoded.
        """
        ...

    def check(self) -> None:
        """Raise what ended the video, or that it stands still: what `still` would raise. Returns at once.

        All packets before the end were handed out by then.
        """
        ...

    def request_key(self) -> None:
        """Ask for a keyframe soon; without effect where the camera's own H.264 is passed on."""
        ...

    def stop_video(self) -> None:
        """No more packets and samples: none comes after this has returned."""
        ...

    def close(self) -> None:
        """Let the camera go; returns within 5 s and never raises. Video ends too."""
        ...
