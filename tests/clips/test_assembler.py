"""Parts at a consumer, in any order, twice or not at all: a clip is complete, incomplete or refused."""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ss_camera import message
from ss_camera.assembler import MAX_PARTS
from ss_camera.clock import FakeClock
from ss_camera.media import ClipPart, ClipTotals
from ss_camera.message import Clip, ClipAssembler, ClipStatus, Part
from ss_camera.settings.model import ClipSettings
from tests.clips.boxes import boxes, frames
from tests.clips.letters import run, video


def made(script: str = "kfFffffffk", size: int = 40, boot: str = "b00t") -> tuple[list[Part], bytes]:
    """The parts of one clip as a consumer reads them, and its MP4."""
    parts = run(script, size=size, end=True).clips["e1.1"]
    return received(parts, boot), video(parts)


def received(parts: list[ClipPart], boot: str = "b00t") -> list[Part]:
    numbers = message.Sequence("gate", FakeClock(), boot)
    found = [message.read(numbers.part(part).payload).part for part in parts]
    return [part for part in found if part is not None]


def feed(parts: list[Part], assembler: ClipAssembler | None = None) -> list[Clip]:
    taker = assembler or ClipAssembler()
    return [clip for part in parts for clip in taker.take(part, 0.0)]


@given(st.data())
@settings(deadline=None)
def test_any_order_and_any_repeats_give_the_same_bytes(data: st.DataObject) -> None:
    """Slices of large frames included; nothing stays in memory behind it."""
    parts, mp4 = made(size=data.draw(st.sampled_from([40, 40_000])))
    order = data.draw(st.permutations(parts))
    again = data.draw(st.lists(st.sampled_from(order[:-1]), max_size=5))
    assembler = ClipAssembler()
    clips = feed([*order[:-1], *again, order[-1], *again], assembler)
    assert [clip.status for clip in clips] == [ClipStatus.COMPLETE]
    assert clips[0].read() == mp4
    assert clips[0].problem is None
    assert (assembler.open_bytes, assembler.repeated) == (0, 2 * len(again))
    assert (
        assembler.repeated == 2 * len(again) - sum(part is order[-1] for part in again) or order[-1] in again
    )


@given(st.data())
@settings(deadline=None)
def test_a_missing_part_leaves_a_clip_that_is_marked(data: st.DataObject) -> None:
    """What came is there, in order, in whole fragments; the file is still boxes from end to end."""
    parts, _ = made(size=data.draw(st.sampled_from([40, 40_000])))
    lost = data.draw(st.sets(st.integers(0, len(parts) - 1), min_size=1))
    kept = [part for part in parts if part.index not in lost]
    assembler = ClipAssembler()
    assert feed(data.draw(st.permutations(kept)), assembler) == []
    clips = assembler.expire(60.0)
    if not kept:
        assert clips == []
        return
    (clip,) = clips
    assert clip.status is ClipStatus.INCOMPLETE
    assert "60 s" in (clip.problem or "")
    assert ("its first part is missing" in (clip.problem or "")) == (0 in lost)
    mp4 = clip.read()
    assert [kind for kind, _ in boxes(mp4)][:1] in ([], ["ftyp"], ["moof"])
    times = [frame.pts_us for frame in frames(mp4)]
    assert times == sorted(set(times))
    assert clip.missing == (len(lost) if parts[-1] in kept else clip.missing)
    assert assembler.open_bytes == 0


def test_the_beginning_of_a_frame_whose_end_is_lost_is_taken_out() -> None:
    """Its first slices stand in the file already: a player would lose its place there."""
    parts, mp4 = made(size=40_000)
    assert parts[-1].slice == (2, 3)
    assembler = ClipAssembler()
    feed(parts[:-1], assembler)
    (clip,) = assembler.expire(60.0)
    assert len(frames(clip.read())) == len(frames(mp4)) - 1
    assert mp4.startswith(clip.read())


def test_late_parts_open_no_second_clip() -> None:
    """A part that comes behind the clip's end or its giving up is a repeat."""
    parts, _ = made()
    assembler = ClipAssembler()
    feed(parts[:-1], assembler)
    assert len(assembler.expire(100.0)) == 1
    assert assembler.take(parts[-1], 101.0) == []
    assert (assembler.open_bytes, assembler.repeated) == (0, 1)


def test_two_boots_are_two_clips() -> None:
    """A camera that starts anew may use the same ids."""
    one, mp4 = made(boot="one")
    two, _ = made(boot="two")
    mixed = [part for pair in zip(one, two, strict=True) for part in pair]
    assert [clip.identity.boot for clip in feed(mixed)] == ["one", "two"]
    assert [clip.read() for clip in feed(mixed)] == [mp4, mp4]


def with_totals(parts: list[Part], changes: dict[str, object]) -> list[Part]:
    """The parts, but the last one says something else of them all."""
    totals = parts[-1].totals
    assert totals is not None
    return [*parts[:-1], replace(parts[-1], totals=replace(totals, **changes))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"parts": 0}, "of a clip of 0 parts"),
        ({"parts": 10**9}, "more than 100000 parts"),
        ({"parts": 2}, "of a clip of 2 parts"),
        ({"parts": 99}, "says that it is the last of 99"),
        ({"bytes": 1}, "its last part says 1"),
        ({"sha256": "0" * 64}, "SHA-256"),
        ({"sha256": "no hash"}, "SHA-256"),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_totals_that_contradict_the_parts_refuse_the_clip(
    changes: dict[str, object], problem: str, order: int
) -> None:
    """In either order of arrival, with a reason, once, and without a file."""
    parts, _ = made()
    clips = feed(with_totals(parts, changes)[::order])
    assert [clip.status for clip in clips] == [ClipStatus.REFUSED]
    assert problem in (clips[0].problem or "")
    assert (clips[0].file, clips[0].read()) == (None, b"")


def test_two_last_parts_refuse_the_clip() -> None:
    """One of them is not true."""
    parts, _ = made()
    other = replace(parts[1], totals=parts[-1].totals)
    clips = feed([parts[0], parts[-1], other])
    assert [clip.status for clip in clips] == [ClipStatus.REFUSED]


def test_an_index_beyond_all_reason_is_refused() -> None:
    """Without totals nobody knows how many are to come; there is a bound all the same."""
    parts, _ = made()
    assert feed([replace(parts[1], index=MAX_PARTS)])[0].status is ClipStatus.REFUSED


def test_a_changed_byte_is_found() -> None:
    """The SHA-256 covers everything that a player sees."""
    parts, _ = made()
    parts[1] = replace(parts[1], video=parts[1].video[:-1] + b"!")
    assert feed(parts)[0].problem == "its SHA-256 is not what its last part says"


def test_memory_is_bounded_and_the_newest_clips_live() -> None:
    """Above the bound the clip that was fed longest ago is given up and says so."""
    parts, _ = made(size=3000)
    assembler = ClipAssembler(max_bytes=200_000)
    given_up = []
    for boot in range(200):
        for part in parts[1:-1]:
            other = replace(part, identity=replace(part.identity, boot=str(boot)))
            given_up += assembler.take(other, 0.0)
            assert assembler.open_bytes <= 200_000
    assert len(given_up) > 100
    assert {clip.status for clip in given_up} == {ClipStatus.INCOMPLETE}
    assert "200000 bytes" in (given_up[0].problem or "")
    assert [clip.identity.boot for clip in given_up] == [str(boot) for boot in range(len(given_up))]


def test_what_is_in_order_counts_as_long_as_it_is_in_memory() -> None:
    """A clip that only grows is bounded, too."""
    parts, mp4 = made("kF" + "f" * 60 + "k", size=3000)
    assembler = ClipAssembler()
    feed(parts[:-1], assembler)
    assert assembler.open_bytes > len(mp4) - len(parts[-1].video)
    (given_up,) = feed(parts[:-1], ClipAssembler(max_bytes=20_000))
    assert given_up.status is ClipStatus.INCOMPLETE


def test_many_tiny_parts_are_bounded_too() -> None:
    """A sender of empty parts takes as little memory as any other."""
    parts, _ = made()
    assembler = ClipAssembler(max_bytes=1_000_000)
    for number in range(3000):
        assembler.take(replace(parts[1], video=b"", index=number + 1), 0.0)
        assert assembler.open_bytes <= 1_000_000


def test_a_clip_on_disk_takes_no_memory(tmp_path: Path) -> None:
    """Minutes of video may pass through an assembler of little memory while parts come in order."""
    parts, mp4 = made("kF" + "f" * 60 + "k", size=30_000)
    assert len(mp4) > 200_000
    assembler = ClipAssembler(max_bytes=100_000, make_file=lambda part: (tmp_path / "clip").open("w+b"))
    (clip,) = feed(parts, assembler)
    assert clip.status is ClipStatus.COMPLETE
    assert clip.file is not None
    assert clip.file.read() == mp4
    clip.file.close()


class FullDisk(io.BytesIO):
    """A file that takes 1000 bytes."""

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self.tell() + len(data) > 1000:
            raise OSError(28, "No space left on device")
        return super().write(data)


def test_a_full_disk_refuses_the_clip() -> None:
    """The reader lives, and says why."""
    parts, _ = made()
    clips = feed(parts, ClipAssembler(make_file=lambda part: FullDisk()))
    assert clips[0].status is ClipStatus.REFUSED
    assert "No space left" in (clips[0].problem or "")


def test_idle_clips_are_given_up_and_fed_ones_are_not() -> None:
    """A minute without a new part; repeats do not count."""
    parts, _ = made()
    assembler = ClipAssembler()
    assembler.take(parts[0], 0.0)
    assert assembler.take(parts[1], 59.0) == []
    assert assembler.take(parts[1], 118.0) == []
    assert [clip.status for clip in assembler.expire(119.0)] == [ClipStatus.INCOMPLETE]


def test_a_reader_that_stops_hands_out_what_it_has() -> None:
    """So that it can be saved as what it is."""
    parts, _ = made()
    assembler = ClipAssembler()
    feed(parts[:-1], assembler)
    assert [clip.problem for clip in assembler.close()] == ["the reader stopped"]


def test_one_message_a_clip_is_a_clip_at_once() -> None:
    """`CLIP_DELIVERY=whole` through the same reader."""
    parts = run("kfFffk", ClipSettings(whole=True)).clips["e1.1"]
    (clip,) = feed(received(parts))
    assert clip.status is ClipStatus.COMPLETE
    assert clip.read() == parts[0].data


def test_a_file_with_its_box_behind_keeps_its_identity() -> None:
    """A clip that is saved may say where it comes from, as a still does."""
    parts, mp4 = made()
    (clip,) = feed(parts)
    saved = mp4 + clip.box
    assert [kind for kind, _ in boxes(saved)][-1] == "uuid"
    assert json.loads(clip.box[24:])["camera"] == "gate"


@pytest.mark.parametrize(
    ("find", "put", "problem"),
    [
        (b"\xff\xe1\x00\x17", b"\xff\xe0\x00\x17", "no H.264 sequence parameter set"),
        (b"\x80\x01\x00\x04\x68", b"\x80\x00\x00\x04\x68", "no H.264 picture parameter set"),
        (b"\x01\x42\xc0\x1e", b"\x01\x64\x00\x28", "is called avc1.42C01E and is avc1.640028"),
        (b"avcC", b"hvcC", "no MP4 of H.264"),
    ],
)
def test_what_no_player_can_play_says_so(find: bytes, put: bytes, problem: str) -> None:
    """It is complete and may be saved; a page does not try to play it."""
    parts, mp4 = made()
    first = parts[0].video
    assert find in first
    broken = first.replace(find, put)
    sha256 = hashlib.sha256(broken + mp4[len(first) :]).hexdigest()
    (clip,) = feed([replace(parts[0], video=broken), *with_totals(parts, {"sha256": sha256})[1:]])
    assert clip.status is ClipStatus.COMPLETE
    assert (clip.problem or "").startswith("not playable: ")
    assert problem in (clip.problem or "")


_counts = st.integers(0, 12) | st.sampled_from([10**9, 2**62])
_totals = st.none() | st.builds(
    ClipTotals, _counts, _counts, st.just("0" * 64), _counts, st.floats(0, 9), st.just("quiet")
)
_slices = st.none() | st.tuples(st.integers(0, 5), st.integers(0, 8))


@given(
    st.lists(st.tuples(_counts, st.binary(max_size=400), _slices, _totals, st.integers(0, 2)), max_size=40)
)
@settings(deadline=None)
def test_nothing_that_arrives_raises_or_stays(
    arrivals: list[tuple[int, bytes, tuple[int, int] | None, ClipTotals | None, int]],
) -> None:
    """Contradictions of every kind end in clips with a status, and memory is given back."""
    template = made()[0][1]
    assembler = ClipAssembler(max_bytes=30_000)
    for index, data, slice_, totals, sender in arrivals:
        identity = replace(template.identity, camera=f"camera {sender}")
        part = replace(template, identity=identity, index=index, video=data, slice=slice_, totals=totals)
        for clip in assembler.take(part, 0.0):
            assert clip.problem
        assert 0 <= assembler.open_bytes <= 30_000
    assembler.close()
    assert assembler.open_bytes == 0
