"""What picamera writes of a JPEG in, the whole of it and when it began to arrive out."""

from __future__ import annotations

from ss_camera.clock import Clock


class StillOutput:
    """A file-like object for one picture after the other."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._pieces: list[bytes] = []
        self._captured_us = 0

    def write(self, data: bytes) -> int:
        """One piece. Called by the encoder's thread, while the caller waits for the picture's end."""
        if not self._pieces:
            self._captured_us = self._clock.wall_us()
        self._pieces.append(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def take(self) -> tuple[bytes, int]:
        """The picture, and the wall clock of its first piece in microseconds since 1970 UTC."""
        data = b"".join(self._pieces)
        self._pieces.clear()
        return data, self._captured_us
