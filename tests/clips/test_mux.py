"""Pieces of one clip: never larger than their room, and together one MP4."""

from __future__ import annotations

import pytest

from ss_camera import h264
from ss_camera.mux import SMALLEST_ROOM, Mux
from tests.clips.boxes import frames
from tests.clips.letters import packet


@pytest.mark.parametrize("size", [0, 100, 900, 3900, 4000, 4001, 9000, 40_000])
def test_no_piece_is_larger_than_its_room(size: int) -> None:
    """Of many small frames, of one that just fits, and of one that must be sliced."""
    for more in range(size, size + 20):
        packets = [
            packet("k" if number % 5 == 0 else "f", number, number * 10_000, more) for number in range(30)
        ]
        video = h264.video_format(packets[0].data)
        assert video is not None
        mux = Mux(video, packets[0], SMALLEST_ROOM)
        pieces = [mux.init(), *(piece for each in packets for piece in mux.add(each)), *mux.finish(300_000)]
        assert max(len(piece.data) for piece in pieces) <= SMALLEST_ROOM
        shown = frames(b"".join(piece.video for piece in pieces))
        assert [frame.pts_us for frame in shown] == [each.pts_us for each in packets]
        assert (mux.frames, mux.duration_us) == (30, 300_000)
        for piece in pieces:
            assert (piece.slice is None) == (piece.data[4:8] != b"free")


def test_small_frames_share_a_piece() -> None:
    """Boxes cost 96 bytes a piece and 12 a frame: half a second of small frames is one."""
    packets = [packet("f" if number else "k", number, number * 50_000) for number in range(21)]
    video = h264.video_format(packets[0].data)
    assert video is not None
    mux = Mux(video, packets[0], SMALLEST_ROOM)
    assert [len(mux.add(each)) for each in packets] == [int(number in (10, 20)) for number in range(21)]


def test_a_room_that_holds_no_box_is_refused() -> None:
    """A mistake of the caller, said at once."""
    first = packet("k", 0, 0)
    video = h264.video_format(first.data)
    assert video is not None
    with pytest.raises(ValueError, match="expected at least 4096"):
        Mux(video, first, SMALLEST_ROOM - 1)
