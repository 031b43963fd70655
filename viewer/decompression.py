"""Compressed bytes of a stranger in, at most 64 MiB out, or an error before they are made.

SINETStream's own decompressors have no bound: 100 KB of zeros in gzip become 100 MB, and a zstd header
that claims 1 TiB is believed.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from typing import Any

import zstandard

MAX_BYTES = 64 * 1024 * 1024

Decompressor = Callable[[bytes], bytes]


class TooLarge(ValueError):
    """The message would decompress to more than `MAX_BYTES`."""

    def __init__(self) -> None:
        super().__init__(f"it decompresses to more than {MAX_BYTES >> 20} MiB")


def bounded(algorithm: str, params: Mapping[str, Any]) -> Decompressor | None:
    """A bounded decompressor for SINETStream's `compression.algorithm`, or None for one we do not know.

    `params` are the algorithm's own, as SINETStream hands them to the library.
    """
    if algorithm == "gzip":
        return lambda data: _inflate(data, params)
    if algorithm == "zstd":
        return lambda data: _unzstd(data, params)
    return None


def _inflate(data: bytes, params: Mapping[str, Any]) -> bytes:
    engine = zlib.decompressobj(**params)
    out = engine.decompress(data, MAX_BYTES)
    if engine.unconsumed_tail:
        raise TooLarge
    if not engine.eof:
        raise ValueError("its compressed data ends too early")
    return out


def _unzstd(data: bytes, params: Mapping[str, Any]) -> bytes:
    # content size: 2**64-1 where the frame does not say; what is said is checked, what is not is counted
    declared = zstandard.get_frame_parameters(data).content_size
    if declared != zstandard.CONTENTSIZE_UNKNOWN and declared > MAX_BYTES:
        raise TooLarge
    with zstandard.ZstdDecompressor(**params).stream_reader(data) as stream:
        out: bytes = stream.read(MAX_BYTES + 1)
    if len(out) > MAX_BYTES:
        raise TooLarge
    return out
