"""What a source is: the one place where a camera library is spoken to."""

from __future__ import annotations

from typing import Protocol

from ss_camera.media import Still


class Source(Protocol):
    """An open camera. Making the object opens it; every method may raise `CameraError`.

    Stills and video work at the same time. Video (packets and motion samples by callbacks on
    the source's own thread) joins this protocol with the clips.
    """

    description: str
    """One readable phrase for the log: what was opened, at what size and rate."""

    def still(self) -> Still:
        """The next picture exposed after the call, as a JPEG.

        Raises `CameraTimeout` when none comes in time, `EndOfVideo` when a file has ended,
        `CameraError` for anything else. The caller closes the source after any of them.
        """
        ...

    def close(self) -> None:
        """Let the camera go; returns within 5 s and never raises."""
        ...
