"""Nothing in; glibc's malloc told to keep the memory of one picture for the next."""

from __future__ import annotations

import ctypes

KEPT_BYTES = 32 * 1024 * 1024
"""Freed memory at the heap's end that stays with the process; the largest picture is far below."""

# mallopt(3)
_M_TRIM_THRESHOLD = -1
_M_MMAP_THRESHOLD = -3


def keep_freed_memory() -> bool:
    """Whether the allocator took it; musl and others do as they please.

    By default glibc gives the memory of large pictures back to the kernel and takes it anew, page by
    page: 400 page faults a picture of 900 KB where 20 are left with this, and half of the CPU.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return False
    return bool(mallopt(_M_TRIM_THRESHOLD, KEPT_BYTES)) and bool(mallopt(_M_MMAP_THRESHOLD, KEPT_BYTES))
