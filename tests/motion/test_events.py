"""Events of a replay: start with motion, end after quiet; nothing is lost between."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ss_camera.events import EventStep, MotionEvents, Phase
from ss_camera.motion import Motion


def steps(script: str) -> list[tuple[str, float, float]]:
    """(phase, seconds of the first motion, of the last one); a letter of `script` a sample, `m` moves."""
    return [(step.phase.value, step.start_us / 1e6, step.last_us / 1e6) for step in run(script)]


def run(script: str) -> list[EventStep]:
    """At ten samples a second, and a second of quiet."""
    events = MotionEvents(1_000_000)
    return [
        step
        for number, letter in enumerate(script)
        for step in events.feed(number * 100_000, Motion(number if letter == "m" else 0, letter == "m"))
    ]


def test_an_event_starts_and_ends() -> None:
    """It ends a second after the last motion, and no sample earlier; it says when that was."""
    assert steps("..mmm.........") == [("start", 0.2, 0.2)]
    assert steps("..mmm..........") == [("start", 0.2, 0.2), ("end", 0.2, 0.4)]


def test_motion_in_the_quiet_extends_it() -> None:
    """Two motions less than a second apart are one event."""
    assert [phase for phase, _, _ in steps("m........m...........")].count("start") == 1
    assert [phase for phase, _, _ in steps("m.........m..........")].count("start") == 2


def test_without_quiet_a_motion_that_goes_on_is_one_event() -> None:
    """`CLIP_POSTROLL=0`: the first sample that does not move ends it."""
    events = MotionEvents(0)
    told = [
        step.phase
        for number, letter in enumerate(".mmm.m.")
        for step in events.feed(number * 100_000, Motion(20 if letter == "m" else 0, letter == "m"))
    ]
    assert told == [Phase.START, Phase.END, Phase.START, Phase.END]


def test_a_gap_in_the_samples_ends_and_starts() -> None:
    """A camera that was away for longer than the quiet: both steps come with one sample."""
    events = MotionEvents(1_000_000)
    events.feed(0, Motion(20, True))
    assert [step.phase for step in events.feed(9_000_000, Motion(20, True))] == [Phase.END, Phase.START]


def test_the_end_of_the_video_ends_the_event_once() -> None:
    """`finish` ends what is open and nothing else."""
    events = MotionEvents(1_000_000)
    events.feed(0, Motion(20, True))
    assert [step.phase for step in events.finish()] == [Phase.END]
    assert events.finish() == []


@given(st.text("m.", max_size=80))
def test_starts_and_ends_alternate_and_cover_all_motion(script: str) -> None:
    """Every moving sample is inside exactly one event, whose peak is its largest score."""
    found = run(script + "." * 11)
    ends = [step for step in found if step.phase is Phase.END]
    assert [step.phase for step in found] == [Phase.START, Phase.END] * len(ends)
    moving = [number for number, letter in enumerate(script) if letter == "m"]
    for number in moving:
        assert sum(end.start_us <= number * 100_000 <= end.last_us for end in ends) == 1
    for end in ends:
        assert end.peak == max(n for n in moving if end.start_us <= n * 100_000 <= end.last_us)
