"""A clip's bytes in as its parts come, any piece of them out at any time: in memory or on disk."""

from __future__ import annotations

import contextlib
import io
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


class ClipFile(Protocol):
    """What both have beside what every file has; for any thread."""

    @property
    def size(self) -> int:
        """Bytes so far."""
        ...

    def read_at(self, offset: int, count: int) -> bytes:
        """At most `count` bytes from `offset`, fewer at the end. Raises OSError."""
        ...


class MemoryFile(io.BytesIO):
    """A file in memory that one thread writes and others read."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self.size = 0

    def write(self, data: bytes) -> int:  # type: ignore[override]  # bytes is all that is written here
        with self._lock:
            written = super().write(data)
            self.size = max(self.size, self.tell())
            return written

    def truncate(self, size: int | None = None) -> int:
        with self._lock:
            self.size = super().truncate(size)
            return self.size

    def read_at(self, offset: int, count: int) -> bytes:
        with self._lock, self.getbuffer() as view:  # while a view is out, the file cannot grow
            return bytes(view[offset : offset + count])


class DiskFile(io.RawIOBase):
    """A file on disk that holds no descriptor: as many may be open as there are clips.

    Each `write` writes all it is given or raises OSError.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.size = 0
        self._at = 0
        os.close(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o644))

    @classmethod
    def existing(cls, path: Path) -> DiskFile:
        """One that was written before."""
        file = cls.__new__(cls)
        io.RawIOBase.__init__(file)
        file.path, file.size, file._at = path, path.stat().st_size, 0
        return file

    def write(self, data: bytes) -> int:  # type: ignore[override]
        left = memoryview(data)
        with self._descriptor(os.O_WRONLY) as descriptor:
            while left:  # a disk that fills up takes a part and raises at the next try
                count = os.pwrite(descriptor, left, self._at)
                left, self._at = left[count:], self._at + count
        self.size = max(self.size, self._at)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def truncate(self, size: int | None = None) -> int:
        self.size = self._at if size is None else size
        os.truncate(self.path, self.size)
        return self.size

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self.read_at(self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def read_at(self, offset: int, count: int) -> bytes:
        with self._descriptor(os.O_RDONLY) as descriptor:
            return os.pread(descriptor, count, offset)

    def sync(self) -> None:
        """Return once it is on the disk. Raises OSError."""
        with self._descriptor(os.O_RDONLY) as descriptor:
            os.fsync(descriptor)

    def move(self, path: Path) -> None:
        """Give it another name in the same file system. Raises OSError."""
        os.rename(self.path, path)
        self.path = path

    def remove(self) -> None:
        """Delete it; one that is gone already is no error."""
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    @contextlib.contextmanager
    def _descriptor(self, flags: int) -> Iterator[int]:
        try:
            descriptor = os.open(self.path, flags | os.O_CLOEXEC)
        except FileNotFoundError:  # it got its final name between reading the path and opening it
            descriptor = os.open(self.path, flags | os.O_CLOEXEC)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
