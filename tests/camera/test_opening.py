"""What a container gives up to its end, however that comes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from av import FFmpegError

from ss_camera.sources.opening import next_packet


def packets(error: Exception | None) -> Iterator[int]:
    """Two of them, then what PyAV raises."""
    yield from (1, 2)
    if error is not None:
        raise error


@pytest.mark.parametrize(
    "error", [None, IndexError("list index out of range")], ids=["an end", "a late stream"]
)
def test_a_stream_that_appeared_late_makes_no_failure_of_the_end(error: Exception | None) -> None:
    """All packets were there."""
    given = packets(error)
    assert [next_packet(given) for _ in range(4)] == [1, 2, None, None]


def test_a_failure_stays_one() -> None:
    """What FFmpeg says is not the end."""
    given = packets(FFmpegError(5, "I/O error"))
    assert [next_packet(given) for _ in range(2)] == [1, 2]
    with pytest.raises(FFmpegError):
        next_packet(given)
