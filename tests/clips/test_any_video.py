"""What holds for every video, whatever moves in it: scripts and times drawn at random."""

from __future__ import annotations

import hashlib
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ss_camera import parts as wire
from ss_camera.clips import KEY_WAIT_US, LAG_US
from ss_camera.identity import Identity
from ss_camera.settings.model import ClipSettings
from tests.clips.boxes import boxes, frames
from tests.clips.letters import SECOND, Run, run, video

PART_BYTES = 6000
ROOM = wire.room(PART_BYTES, "gate", "b" * 36)


@st.composite
def videos(draw: st.DrawFn, letters: str = "kkKfffffF", least_us: int = 1) -> Run:
    """A video of up to 60 frames with uneven times, cut with random settings."""
    script = draw(st.text(alphabet=letters, min_size=1, max_size=60))
    durations_us = st.sampled_from([least_us, 33_333, 50_000, 400_000, 1_000_000])
    steps = draw(st.lists(durations_us, min_size=60, max_size=60))
    pts_us = [sum(steps[:number]) for number in range(len(script))]
    plan = ClipSettings(
        preroll_s=draw(st.sampled_from([0, 0.5, 2, 5, 60])),
        postroll_s=draw(st.sampled_from([0, 0.5, 2, 5])),
        max_s=draw(st.sampled_from([1, 3, 10, 120])),
    )
    commands = dict.fromkeys(draw(st.sets(st.integers(0, 59), max_size=2)), 2.0)
    size = draw(st.sampled_from([1, 40, 700, 4900, 20_000]))
    return run(
        script, plan, pts_us=pts_us, lag=draw(st.integers(-1, 2)), room=ROOM, size=size, commands=commands
    )


@given(videos(letters="kkKfffffFr", least_us=0))
@settings(max_examples=150, deadline=None)
def test_each_frame_is_in_one_clip_or_in_none(done: Run) -> None:
    """Clips are unbroken runs of frames with their true times (`spans` checks each), begin at a keyframe, and
    have no frame in common."""
    spans = list(done.spans().values())
    for (first, last), parts in zip(spans, done.clips.values(), strict=True):
        assert done.packets[first].key
        totals = parts[-1].totals
        assert totals is not None
        if totals.end != "stop":  # else nobody knows when the last frame ended
            lasts_us = done.packets[last + 1].pts_us - done.packets[first].pts_us
            assert totals.duration_s == lasts_us / 1e6
            assert sum(frame.duration_us for frame in frames(video(parts))) == lasts_us
    for (_, last), (then, _) in pairwise(spans):
        assert last < then


@given(videos())
@settings(max_examples=150, deadline=None)
def test_the_next_clip_of_an_event_begins_with_the_next_frame(done: Run) -> None:
    """No cut loses a frame; between two events none is lost either unless a GOP was endless."""
    spans = done.spans()
    for (clip, (_, last)), (following, (then, _)) in pairwise(spans.items()):
        if clip.split(".")[0] == following.split(".")[0]:
            assert then == last + 1


@given(videos())
@settings(max_examples=150, deadline=None)
def test_the_preroll_is_what_was_asked_wherever_there_was_a_keyframe(done: Run) -> None:
    """It is at least as long as asked, unless the video or the clip before leaves less."""
    spans = done.spans()
    used = -1
    for clip, parts in done.clips.items():
        event = next(event for event in done.events if event.id == clip.split(".")[0])
        first, last = spans[clip]
        if clip.endswith(".1"):
            begin_us = done.packets[first].pts_us
            assert parts[0].preroll_s == max(0, event.trigger_us - begin_us) / 1e6
            free_keys = [p for p in done.packets[used + 1 :] if p.key]
            assert begin_us <= max(free_keys[0].pts_us, event.trigger_us - _asked_us(done))
        used = last


@given(videos())
@settings(max_examples=150, deadline=None)
def test_all_that_moves_is_in_a_clip_with_the_quiet_after_it(done: Run) -> None:
    """From the first keyframe on; a camera without keyframes for long is the exception that is known."""
    keys = [number for number, packet in enumerate(done.packets) if packet.key]
    spans = list(done.spans().values())
    times = [packet.pts_us for packet in done.packets]
    gaps = [after - before for before, after in pairwise([0, *(times[key] for key in keys), times[-1]])]
    if not keys or max(gaps) >= KEY_WAIT_US - LAG_US:
        return
    for number, letter in enumerate(done.script):
        if letter.isupper() and number >= keys[0]:
            assert any(first <= number <= last for first, last in spans), f"frame {number}"


@given(videos(letters="kkKfffffFr", least_us=0))
@settings(max_examples=150, deadline=None)
def test_parts_are_small_numbered_and_sum_up(done: Run) -> None:
    """Each message has at most the bytes that were set and ends at a box; the last has the totals of all."""
    for parts in done.clips.values():
        identity = Identity(1, "gate", "b" * 36, 2**62, parts[0].captured_us, "unsynced", "motion", "e1")
        payloads = [wire.payload(part, identity) for part in parts]
        assert max(map(len, payloads)) <= PART_BYTES
        assert [part.part for part in parts] == list(range(len(parts)))
        for payload in payloads:
            assert [kind for kind, _ in boxes(payload)][-1] == "uuid"
        totals = parts[-1].totals
        assert totals is not None
        assert all(part.totals is None for part in parts[:-1])
        joined = video(parts)
        assert (totals.parts, totals.bytes) == (len(parts), len(joined))
        assert totals.sha256 == hashlib.sha256(joined).hexdigest()


def _asked_us(done: Run) -> int:
    return round(done.settings.preroll_s * SECOND)
