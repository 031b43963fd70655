"""Where clips begin and end; the letters are explained in `letters.py`."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ss_camera.clips import KEY_WAIT_US, Clips
from ss_camera.media import PartKind, Reason
from ss_camera.settings.model import ClipSettings
from tests.clips.letters import ROOM, SECOND, WALL_US, cut, ids, packet, run, times

SHORT = ClipSettings(preroll_s=2, postroll_s=2)


def test_a_clip_has_the_seconds_before_and_after_and_begins_at_a_keyframe() -> None:
    """Asked from frame 3 on; quiet from 5 to 7; the keyframe after that is frame 9."""
    assert cut("fkfkfFfffkfk") == ["kfFfff"]


def test_the_preroll_is_never_shorter_than_asked() -> None:
    """Two seconds before frame 7 is frame 5, in the middle of a GOP: the clip begins with that GOP."""
    done = run("kfffkffFfffkf", SHORT)
    assert done.letters() == ["kffFfff"]
    assert done.clips["e1.1"][0].preroll_s == 3.0


def test_without_enough_video_before_the_clip_has_what_there_is_and_says_so() -> None:
    """A motion in the second frame has one second before it."""
    done = run("kFfkfffk", SHORT)
    assert done.letters() == ["kFf"]
    assert done.clips["e1.1"][0].preroll_s == 1.0


def test_the_frame_that_moves_is_always_in() -> None:
    """With neither pre-roll nor post-roll. A decision before its packet does not know of a keyframe in it."""
    assert cut("kfKfkf", preroll_s=0, postroll_s=0) == ["Kf"]
    assert cut("kfKfkf", preroll_s=0, postroll_s=0, lag=-1) == ["kfKf"]


def test_motion_before_the_first_keyframe_waits_for_it() -> None:
    """No player can begin without a keyframe; the event is open meanwhile."""
    done = run("fFfkfkf", replace(SHORT, postroll_s=3))
    assert done.letters() == ["kf"]
    assert done.clips["e1.1"][0].preroll_s == 0.0
    assert [event.trigger_us for event in done.events] == [1 * SECOND]


def test_motion_during_a_clip_extends_it() -> None:
    """One event and one clip, two seconds behind the last movement."""
    done = run("kfkFfFKfkfkfkf", SHORT)
    assert done.letters() == ["kfkFfFKf"]
    assert len(done.events) == 1


def test_motion_between_the_end_of_quiet_and_the_keyframe_extends_too() -> None:
    """The clip waits for a keyframe, and nothing that moves meanwhile is lost or begins another clip."""
    assert cut("kFffffFfffkf") == ["kFffffFfff"]


def test_two_motions_give_two_clips_without_a_common_frame() -> None:
    """The second pre-roll begins where the first clip ended, and misses nothing."""
    done = run("kFffkFffkff", replace(SHORT, preroll_s=10))
    assert done.letters() == ["kFff", "kFff"]
    assert [parts[0].preroll_s for parts in done.clips.values()] == [1.0, 1.0]


def test_motion_just_when_quiet_is_over_begins_anew_with_the_next_frame() -> None:
    """Two seconds of quiet are from 5 to 7; the frame at 7 is the next event's, and no other's."""
    done = run("kfkFfFfKfkfkfkf", SHORT)
    assert done.letters() == ["kfkFfFf", "Kf"]
    assert len(done.events) == 2


def test_a_long_event_goes_on_in_the_next_clip_without_a_gap() -> None:
    """The cut is at the first keyframe at or after `CLIP_MAX`; the event is one."""
    done = run("kFFFkFFFkFFFkffffk", replace(SHORT, max_s=6))
    assert done.letters() == ["kFFFkFFF", "kFFFkffff"]
    assert list(done.clips) == ["e1.1", "e1.2"]
    assert [parts[-1].totals.end for parts in done.clips.values() if parts[-1].totals] == ["max", "quiet"]
    assert done.clips["e1.2"][0].preroll_s == 0.0
    (first, last), (then, _) = done.spans().values()
    assert (first, last + 1) == (0, then)


@pytest.mark.parametrize("lag", [-1, 0, 1])
@pytest.mark.parametrize("postroll_s", [0, 0.1])
def test_a_motion_that_goes_on_is_one_event_without_a_post_roll_too(postroll_s: float, lag: int) -> None:
    """Keyframes in it do not end it; one behind it does."""
    script = "kffKFFFKFFFKFFFkfffkfff"
    settings = replace(SHORT, preroll_s=0, postroll_s=postroll_s)
    done = run(script, settings, pts_us=times(len(script), 0.2), lag=lag)
    (clip,) = done.letters()
    assert len(done.events) == 1
    assert clip.removeprefix("kff").removesuffix("kfff") == "KFFFKFFFKFFF"


def test_a_change_of_the_picture_goes_on_in_the_next_clip() -> None:
    """A player is told size and profile once a clip."""
    done = run("kFfrffkf", replace(SHORT, postroll_s=10))
    assert done.letters() == ["kFf", "rff", "kf"]
    assert [parts[0].codec for parts in done.clips.values()] == ["avc1.42C01E", "avc1.42C00D", "avc1.42C01E"]


def test_a_video_that_stops_ends_its_clip() -> None:
    """What was captured is published; the last frame lasts as long as the one before."""
    done = run("kfFf", SHORT)
    assert done.letters() == ["kfFf"]
    totals = done.clips["e1.1"][-1].totals
    assert totals is not None
    assert (totals.end, totals.frames, totals.duration_s) == ("stop", 4, 4.0)


def test_a_video_that_begins_anew_ends_its_clip() -> None:
    """A camera that was opened again counts from zero."""
    done = run("kfFfkfff", SHORT, pts_us=[*times(4), *times(4)])
    assert done.clips["e1.1"][-1].totals is not None
    assert done.clips["e1.1"][-1].totals.frames == 4


def test_without_a_keyframe_a_clip_ends_at_last() -> None:
    """A camera with endless GOPs does not record for ever: ten seconds after it was due the clip ends."""
    done = run("kFf" + "f" * 30, SHORT, end=False)
    assert done.letters() == ["kFf" + "f" * (KEY_WAIT_US // SECOND)]


def test_a_late_decision_begins_the_clip_where_a_timely_one_would() -> None:
    """Two frames of delay in the detector take nothing from the pre-roll."""
    assert [cut("kfkfkfkFfffkfffk", lag=lag) for lag in (-1, 0, 2)] == [["kfkFfff"]] * 3


def test_a_clip_does_not_end_before_its_frames_are_judged() -> None:
    """Motion in a frame of the clip, told after the keyframe that would have ended it, extends it."""
    done = run("kFfFkfffkfffkf", SHORT, lag=2)
    assert (done.letters(), len(done.events)) == (["kFfFkfff"], 1)


def test_decisions_that_stop_coming_are_not_waited_for() -> None:
    """A detector that hangs leaves a clip that ends."""
    clips = Clips(SHORT, ROOM, new_id=ids())
    done = run("", SHORT)
    for number, letter in enumerate("kfkfkfkfkf"):
        done.take(clips.packet(packet(letter, number, number * SECOND)))
        if number == 2:
            done.take(clips.motion(2 * SECOND, WALL_US, moving=True))
    assert clips.event is None


def test_an_event_ends_without_video_too() -> None:
    """Motion is told of where no clips are recorded."""
    clips = Clips(SHORT, ROOM)
    clips.motion(0, WALL_US, moving=True)
    assert clips.event is not None
    clips.motion(1_900_000, WALL_US, moving=False)
    assert clips.event is not None
    clips.motion(2_000_000, WALL_US, moving=False)
    assert clips.event is None


def test_outside_the_window_motion_begins_nothing() -> None:
    """Inside it begins; what is open is recorded to its end."""
    opens_us = WALL_US + 3 * SECOND
    assert cut("kFfkFfkfFff", preroll_s=0, may_start=lambda wall_us: wall_us >= opens_us) == ["kFf", "kfFff"]
    assert cut("kFfkFfkFffk", preroll_s=0, may_start=lambda wall_us: wall_us < opens_us) == ["kFf"]
    done = run("kfFfkfffkf", SHORT, may_start=lambda captured_us: False)
    assert (done.clips, done.events) == ({}, [])


def test_a_command_records_for_its_seconds_with_the_preroll() -> None:
    """By the path of motion, with its own reason, also where motion may not begin."""
    done = run("kfkfkfkfkfkf", SHORT, commands={4: 3.0}, may_start=lambda captured_us: False)
    assert done.letters() == ["kfkfkf"]
    assert {part.reason for part in done.clips["e1.1"]} == {Reason.MANUAL}
    assert done.clips["e1.1"][0].preroll_s == 2.0


def test_a_command_during_motion_extends_its_clip() -> None:
    """Never a second clip of the same frames."""
    done = run("kfFfkfkfkfkfkf", SHORT, commands={3: 5.0})
    assert done.letters() == ["kfFfkfkf"]
    assert {part.reason for part in done.clips["e1.1"]} == {Reason.MOTION}


def test_a_command_before_the_first_frame_is_kept() -> None:
    """It counts from the first packet."""
    clips = Clips(SHORT, ROOM, new_id=ids())
    assert clips.manual(2.0) == []
    assert [part.kind for part in clips.packet(packet("k", 0, 0))] == [PartKind.INIT]


def test_a_keyframe_without_parameter_sets_takes_the_last_ones() -> None:
    """Some cameras send them once."""
    bare = packet("k", 4, 4 * SECOND)
    bare = replace(bare, data=bare.data[bare.data.index(b"\0\0\0\1\x65") :])
    clips = Clips(SHORT, ROOM, new_id=ids())
    done = run("", SHORT)
    clips.manual(1.0)
    for frame in (packet("k", 0, 0), packet("f", 1, SECOND)):
        done.take(clips.packet(frame))
    clips.manual(10.0)
    done.take(clips.packet(bare))
    done.take(clips.stop())
    assert done.clips["e1.1"][-1].totals is not None
    assert done.clips["e1.1"][-1].totals.frames == 3


@pytest.mark.parametrize(
    "damage", [b"", b"\0\0\0\1\x67\x42", b"\0\0\0\1\x67\x42\xc0\x1e\xda\0\0\0\1\x68\xce"]
)
def test_a_video_without_readable_parameter_sets_gives_no_clip(damage: bytes) -> None:
    """No player could show it; the program lives."""
    clips = Clips(SHORT, ROOM)
    clips.manual(5.0)
    frame = packet("k", 0, 0)
    data = damage + frame.data[frame.data.index(b"\0\0\0\1\x65") :]
    assert [clips.packet(replace(frame, data=data, pts_us=number)) for number in range(3)] == [[], [], []]


def test_the_first_part_leaves_with_the_trigger() -> None:
    """Not a frame later: what a player needs first, and all full parts of the seconds before."""
    clips = Clips(SHORT, ROOM, new_id=ids())
    for number in range(40):
        assert clips.packet(packet("k" if number % 20 == 0 else "f", number, number * 50_000)) == []
    parts = clips.motion(39 * 50_000, WALL_US, moving=True)
    assert [part.kind for part in parts] == [PartKind.INIT, *[PartKind.MEDIA] * 3]


def test_video_leaves_each_half_second() -> None:
    """However little there is: a viewer sees the clip while it grows."""
    clips = Clips(SHORT, ROOM, new_id=ids())
    clips.manual(60.0)
    given = [
        len(clips.packet(packet("f" if number % 20 else "k", number, number * 50_000)))
        for number in range(61)
    ]
    assert given == [1] + [int(number % 10 == 0) for number in range(1, 61)]


def test_the_gop_is_known() -> None:
    """For the warning about cameras whose keyframes are far apart."""
    clips = Clips(SHORT, ROOM)
    for number, letter in enumerate("kfffk"):
        clips.packet(packet(letter, number, number * SECOND))
    assert clips.gop_s == 4.0


def test_one_message_a_clip_where_that_is_wanted() -> None:
    """`CLIP_DELIVERY=whole`: the same bytes in one part; it is cut where it reaches the memory for clips."""
    parts = run("kfFfkfffkf", SHORT).clips["e1.1"]
    whole = run("kfFfkfffkf", replace(SHORT, whole=True)).clips["e1.1"]
    assert [part.kind for part in whole] == [PartKind.WHOLE]
    assert whole[0].totals is not None
    assert parts[-1].totals is not None
    assert whole[0].totals.frames == parts[-1].totals.frames
    small = replace(SHORT, whole=True, memory_bytes=4000)
    assert run("kfFFkFFFkFffkfffk", small, size=600).letters() == ["kfFFkFFF", "kFff"]


def test_a_whole_clip_does_not_grow_for_ever_without_a_keyframe() -> None:
    """Above its memory it waits ten seconds for one, as a clip that is over does, and then ends."""
    small = replace(SHORT, whole=True, memory_bytes=4000)
    assert run("kf" + "F" * 15 + "kFffk", small, size=600).letters() == ["kf" + "F" * 8, "kFff"]


def test_a_video_that_begins_anew_brings_its_own_parameter_sets() -> None:
    """Those of the camera before it would make a clip that shows nothing."""
    clips = Clips(SHORT, ROOM)
    clips.packet(packet("k", 0, 0))
    assert clips.manual(1.0) + clips.stop()
    bare = replace(packet("k", 1, 0), data=b"\0\0\0\1\x65\xff\xaa")
    assert clips.packet(bare) + clips.manual(1.0) == []


def test_the_ring_holds_no_more_than_the_queue_takes_at_once() -> None:
    """Of a camera that sends more than its settings say, too."""
    clips = Clips(replace(SHORT, preroll_s=60, burst_bytes=10_000), ROOM)
    for number in range(40):
        clips.packet(packet("k", number, number * SECOND, 1000))
    assert 5_000 < clips.ring.bytes <= 10_000
    assert clips.ring.overflows


def test_a_keyframe_that_stays_away_counts_before_it_comes() -> None:
    """A camera with one keyframe an hour has its warning before the hour is over."""
    clips = Clips(SHORT, ROOM)
    for number in range(13):
        clips.packet(packet("f" if number else "k", number, number * SECOND))
    assert clips.gop_s == 12.0


def test_a_clip_of_very_many_parts_goes_on_in_the_next_one() -> None:
    """An hour in small parts is more than a reader takes of one clip: it ends as at `CLIP_MAX`."""
    script = "kffF" * 6
    packets = [packet(letter, number, number * SECOND) for number, letter in enumerate(script)]
    clips = Clips(replace(SHORT, max_s=3600), ROOM, new_id=ids(), full_parts=5)
    parts = [
        part for each in packets for part in clips.packet(each) + clips.motion(each.pts_us, 0, moving=True)
    ]
    parts += clips.stop()
    ends = [part.totals for part in parts if part.totals]
    assert [(end.parts, end.frames, end.end) for end in ends] == [
        (9, 8, "max"),
        (9, 8, "max"),
        (9, 8, "stop"),
    ]
