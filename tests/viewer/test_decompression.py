"""Compressed messages: SINETStream's own pass, bombs are refused before they are made."""

from __future__ import annotations

import os
import resource
import zlib

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from sinetstream.compression import GzipCompression, ZstdCompression

from viewer.decompression import MAX_BYTES, Decompressor, TooLarge, bounded

ALGORITHMS = {"gzip": GzipCompression, "zstd": ZstdCompression}


def decompressor(algorithm: str) -> Decompressor:
    made = bounded(algorithm, {})
    assert made is not None
    return made


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@pytest.mark.parametrize("size", [0, 1, 100_000, MAX_BYTES])
def test_what_sinetstream_compresses_comes_back(algorithm: str, size: int) -> None:
    """Every payload up to the bound is the same after both ways."""
    data = os.urandom(min(size, 100_000)) + bytes(max(0, size - 100_000))
    assert decompressor(algorithm)(ALGORITHMS[algorithm](level=1).compressor(data)) == data


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_bomb_is_refused(algorithm: str) -> None:
    """A byte over the bound and a hundred times the bound: refused, at a bounded cost of memory."""
    for size in (MAX_BYTES + 1, 4 * MAX_BYTES):
        with pytest.raises(TooLarge):
            decompressor(algorithm)(ALGORITHMS[algorithm](level=1).compressor(bytes(size)))


def test_a_zstd_stream_that_hides_its_size_is_refused() -> None:
    """Without a declared size the produced bytes are counted."""
    bomb = zstandard.ZstdCompressor(write_content_size=False).compress(bytes(2 * MAX_BYTES))
    assert zstandard.get_frame_parameters(bomb).content_size == zstandard.CONTENTSIZE_UNKNOWN
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(TooLarge):
        decompressor("zstd")(bomb)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 4 * MAX_BYTES // 1024


def test_a_zstd_header_that_claims_a_tebibyte_is_refused() -> None:
    """The claim alone is enough: nothing is allocated for it."""
    # magic, descriptor (8 bytes of content size, single segment), the size
    header = b"\x28\xb5\x2f\xfd\xe0" + (2**40).to_bytes(8, "little") + b"\x01\x00\x00"
    with pytest.raises(TooLarge):
        decompressor("zstd")(header)


def test_gzip_that_ends_too_early_is_an_error() -> None:
    """Half a message is no message."""
    with pytest.raises(ValueError, match="ends too early"):
        decompressor("gzip")(zlib.compress(os.urandom(1000))[:500])


@pytest.mark.parametrize("algorithm", ALGORITHMS)
@given(data=st.binary(max_size=200))
def test_garbage_raises_an_ordinary_error(algorithm: str, data: bytes) -> None:
    """Any bytes: an error that the reader catches, or output within the bound."""
    try:
        out = decompressor(algorithm)(data)
    except (ValueError, zlib.error, zstandard.ZstdError):
        return
    assert len(out) <= MAX_BYTES


def test_an_unknown_algorithm_is_left_to_its_plugin() -> None:
    """SINETStream takes compressions as plugins; theirs are not ours to bound."""
    assert bounded("lz77", {}) is None
