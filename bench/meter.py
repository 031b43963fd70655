"""Confirmations in, frames a second and CPU seconds out, of the frames behind the warm-up."""

from __future__ import annotations

import ctypes
import os
import resource
import threading
import time
from pathlib import Path


class Meter:
    """Measures from the confirmation of the last warm-up frame to that of the last frame.

    `confirmed` is to be called once a frame; a failure ends the run, as a figure with losses is none.
    """

    def __init__(self, frames: int, warm_up: int) -> None:
        self._frames = frames
        self._warm_up = warm_up
        self._count = 0
        self._lock = threading.Lock()
        self._all = threading.Event()
        self._marks: list[tuple[float, float, int]] = []
        self._failure: str | None = None

    @property
    def total(self) -> int:
        """How many frames are to be published."""
        return self._warm_up + self._frames

    def confirmed(self, failure: object | None = None) -> None:
        with self._lock:
            self._count += 1
            if failure is not None:
                self._failure = self._failure or repr(failure)
            if self._count in (self._warm_up, self.total):
                self._marks.append((time.perf_counter(), cpu_s(), copied_bytes()))
        if self._count == self.total or failure is not None:
            self._all.set()

    def result(self, timeout_s: float = 60.0) -> dict[str, float]:
        """Wait for the last confirmation. Raises `RuntimeError` where one failed or is missing."""
        if not self._all.wait(timeout_s) or self._failure:
            raise RuntimeError(
                f"{self._count} of {self.total} frames confirmed: {self._failure or 'too late'}"
            )
        (start_s, start_cpu_s, start_bytes), (end_s, end_cpu_s, end_bytes) = self._marks
        return {
            "frames_per_s": self._frames / (end_s - start_s),
            "cpu_s_per_1000": 1000 * (end_cpu_s - start_cpu_s) / self._frames,
            "rss_mb": peak_rss_mb(),
            "copied_bytes": end_bytes - start_bytes,
        }


def cpu_s() -> float:
    """CPU seconds of this process so far, all threads, user and system."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def cpu_s_of(pid: int) -> float:
    """The same of another process."""
    # the name in brackets may hold blanks; utime and stime are the 14th and 15th field
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def copied_bytes() -> int:
    """Bytes that this process copied so far, where bench/copies.c counts them; else 0."""
    try:
        count = ctypes.CDLL(None).bench_copied
    except AttributeError:
        return 0
    count.restype = ctypes.c_uint64
    return int(count())


def peak_rss_mb() -> float:
    # not ru_maxrss: Linux carries the parent's over into a new process
    return status_kb("self", "VmHWM") / 1000


def rss_mb(pid: int) -> float:
    """Resident memory of a process now."""
    return status_kb(str(pid), "VmRSS") / 1000


def status_kb(pid: str, field: str) -> int:
    """A number of /proc/PID/status."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1])
    raise KeyError(field)
