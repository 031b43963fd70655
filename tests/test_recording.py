"""Video and decisions in, parts and events in the outboxes out: over failures, new formats and commands."""

from __future__ import annotations

import logging
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from ss_camera import message
from ss_camera import parts as wire
from ss_camera.clips import Clips
from ss_camera.clock import FakeClock
from ss_camera.counters import Counters
from ss_camera.inbox import RecordNow, VideoEnds, VideoInbox
from ss_camera.media import Family, MotionSample, Packet
from ss_camera.outbox import MemoryOutbox
from ss_camera.recording import Recording
from ss_camera.settings.model import ClipSettings, MotionSettings
from tests.clips.letters import SECOND, WALL_US, ids, packet

MOTION = MotionSettings(frames=1, settle_s=0.5)
CLIPS = ClipSettings(preroll_s=1, postroll_s=2)
FRAME_US = SECOND // 2
JPEG = b"a small picture"


class Recorder:
    """A `Recording` and what it put into its outboxes."""

    def __init__(self, clips: ClipSettings = CLIPS, room: int | None = None) -> None:
        self.counters = Counters()
        self._outboxes = {family: MemoryOutbox(10**9, self.counters) for family in Family}
        sequence = message.Sequence("gate", FakeClock(), "b" * 36)
        room = room or wire.room(clips.part_bytes, "gate", "b" * 36)
        self.recording = Recording(
            MOTION,
            Clips(clips, room, new_id=ids()),
            sequence,
            self._outboxes,
            self.counters,
            lambda sample: JPEG,
        )
        self._number = 0

    def play(self, script: str, *, size: int = 40, frame_us: int = FRAME_US, from_us: int = 0) -> None:
        """Each letter's frame and a sample of it, with something that moves where it is a capital."""
        for number, letter in enumerate(script):
            frame = packet(letter, self._number, from_us + number * frame_us, size)
            self._number += 1
            for item in (frame, sample(frame, moves=letter.isupper())):
                self.recording.take(item)

    def take(self, family: Family) -> list[message.Incoming]:
        """What came into an outbox since the last call."""
        found = []
        while (each := self._outboxes[family].take(0.0)) is not None:
            found.append(message.read(each.payload))
        return found

    def clips(self) -> list[message.Clip]:
        assembler = message.ClipAssembler()
        made = []
        for each in self.take(Family.CLIP):
            assert each.part is not None
            made += assembler.take(each.part, 0.0)
        assert not assembler.close(), "every clip has its last part"
        assert [clip.status for clip in made] == ["complete"] * len(made)
        return made


def sample(frame: Packet, *, moves: bool) -> MotionSample:
    """Gray, or with a large square that is at another place in each sample."""
    luma = np.full((240, 320), 100, np.uint8)
    if moves:
        left = 16 + frame.pts_us // FRAME_US % 4 * 70
        luma[60:124, left : left + 64] = 240
    return MotionSample(frame.pts_us, frame.captured_us, luma=luma)


def ends(clips: list[message.Clip]) -> list[str]:
    return [clip.totals.end for clip in clips if clip.totals]


def test_a_motion_becomes_a_clip_between_its_events() -> None:
    """Start with the picture of the trigger, updates, and an end with what a subscriber should have got."""
    recorder = Recorder()
    recorder.play("kfkfkFFfkfkfkfkf")
    told = [each.fields for each in recorder.take(Family.EVENT) if each.fields]
    (clip,) = recorder.clips()
    assert [each["kind"] for each in told] == ["motion-start", *["motion-update"] * 2, "motion-end"]
    assert told[0]["thumbnail"] == "YSBzbWFsbCBwaWN0dXJl"
    assert [("thumbnail" in each) for each in told[1:]] == [False] * 3
    assert {each["event"] for each in told} == {clip.identity.event}
    assert told[-1]["clips"] == [clip.clip]
    assert recorder.counters.snapshot()["events"] == 4


def test_clips_and_events_share_one_numbering() -> None:
    """None missing and none twice, over motions, failures and stills that others number."""
    recorder = Recorder()
    recorder.play("kfkfkFFfkfkfkfkf")
    recorder.recording.take(VideoEnds())
    recorder.play("kfkfkFFfkfkfkfkf")
    recorder.recording.end()
    identities = [each.identity for family in Family for each in recorder.take(family)]
    assert sorted(each.seq for each in identities if each) == list(range(len(identities)))


def test_a_camera_that_fails_mid_clip_ends_it_and_the_next_begins_with_a_keyframe() -> None:
    """The clip is whole (`stop`), the event has its end, and after the failure the detector settles anew."""
    recorder = Recorder()
    recorder.play("kfkfkFFf")
    recorder.recording.take(VideoEnds())
    told = [each.fields for each in recorder.take(Family.EVENT) if each.fields]
    assert told[-1]["kind"] == "motion-end"
    assert ends(recorder.clips()) == ["stop"]
    recorder.play("Ffkfkfkfkff")  # what comes before a keyframe belongs to nothing
    assert not recorder.take(Family.CLIP)
    recorder.play("FFfkfkfkfkf", from_us=11 * FRAME_US)
    (clip,) = recorder.clips()
    assert ends([clip]) == ["quiet"]
    assert clip.preroll_s >= 1
    starts = [
        each for each in recorder.take(Family.EVENT) if each.fields and each.fields["kind"] == "motion-start"
    ]
    assert len(starts) == 1


def test_an_overflow_mid_clip_costs_a_hole_and_no_clip() -> None:
    """As after a failure: what came before it is complete, what comes after it begins anew."""
    counters = Counters()
    inbox = VideoInbox(counters)
    recorder = Recorder()
    recorder.play("kfkfkFFf")
    for number in range(3000):
        inbox.put(packet("f", number, (8 + number) * FRAME_US))
    inbox.close()
    recorder.recording.run(inbox)
    assert counters.total("video dropped") == 2001
    assert ends(recorder.clips()) == ["stop"]


def test_a_new_picture_size_goes_into_a_clip_of_its_own() -> None:
    """Of the same event, with the next frame; motion is counted by the new size from there on."""
    recorder = Recorder()
    recorder.play("kfkfkFFfrfrfrfrfrf")
    first, second = recorder.clips()
    assert ends([first, second]) == ["format", "quiet"]
    assert first.identity.event == second.identity.event
    assert first.totals
    begins_us = first.identity.captured_us + first.totals.duration_s * 1e6
    assert second.identity.captured_us == begins_us
    recorder.play("rfrfRRrfrfrfrfrf", from_us=18 * FRAME_US)
    (third,) = recorder.clips()
    assert third.identity.event != second.identity.event


def test_the_end_of_the_program_ends_an_open_clip() -> None:
    """What waits in the inbox at the close is recorded first."""
    recorder = Recorder()
    inbox = VideoInbox(Counters())
    script = "kfkfkFFf"
    frames = [packet(letter, number, number * FRAME_US) for number, letter in enumerate(script)]
    for frame, letter in zip(frames, script, strict=True):
        inbox.put(frame)
        inbox.put(sample(frame, moves=letter.isupper()))
    inbox.close()
    recorder.recording.run(inbox)
    (clip,) = recorder.clips()
    assert ends([clip]) == ["stop"]
    assert clip.totals
    assert clip.totals.frames == 6, "from the keyframe a second before the trigger"


def manual(recorder: Recorder) -> tuple[list[message.Clip], list[object]]:
    told = [each.fields for each in recorder.take(Family.EVENT) if each.fields]
    return recorder.clips(), [(each["kind"], each["reason"]) for each in told]


def test_a_command_records_what_stands_still() -> None:
    """With the pre-roll, for as long as was said, as an event of its own with the reason `manual`."""
    recorder = Recorder()
    recorder.play("kfkfkfkf")
    recorder.recording.take(RecordNow(2.0))
    recorder.play("kfkfkfkf", from_us=8 * FRAME_US)
    (clip,), told = manual(recorder)
    assert clip.identity.reason == "manual"
    assert clip.preroll_s == 1.5
    assert clip.totals
    assert clip.totals.duration_s == 4.0, "to the first keyframe at or after the two seconds"
    assert told[0] == ("motion-start", "manual")
    assert told[-1] == ("motion-end", "manual")


def test_a_command_while_something_moves_makes_its_clip_longer() -> None:
    """No second clip of the same seconds."""
    recorder = Recorder()
    recorder.play("kfkfkFFf")
    recorder.recording.take(RecordNow(5.0))
    recorder.play("kfkfkfkfkfkfkfkf", from_us=8 * FRAME_US)
    (clip,), told = manual(recorder)
    assert {reason for _, reason in told} == {"motion"}
    assert clip.totals
    end_us = clip.identity.captured_us + clip.totals.duration_s * 1e6
    assert end_us - WALL_US >= 7 * FRAME_US + 5 * SECOND


def test_a_command_before_the_camera_is_open_waits_for_it() -> None:
    """It is not lost, and tells of nothing that is not there."""
    recorder = Recorder()
    recorder.recording.take(RecordNow(2.0))
    assert manual(recorder) == ([], [])
    recorder.play("kfkfkfkfkf")
    (clip,), told = manual(recorder)
    assert clip.identity.reason == "manual"
    assert told[0] == ("motion-start", "manual")


@pytest.mark.parametrize(
    ("words", "play"),
    [
        ("keyframe each 12.0 s", lambda r: r.play("kfkfkf", frame_us=6 * SECOND)),
        ("larger than CLIP_PART_BYTES", lambda r: r.play("kfkfkFFf" * 2, size=6000)),
        ("do not fit into CLIP_MEMORY", lambda r: r.play("kfkf", size=400_000)),
    ],
    ids=["a long GOP", "slices", "a full ring"],
)
def test_what_a_user_should_know_of_his_camera_is_said_once(
    words: str, play: Callable[[Recorder], None], caplog: pytest.LogCaptureFixture
) -> None:
    """One line with the remedy, however long the camera runs."""
    recorder = Recorder(ClipSettings(preroll_s=1, postroll_s=2, memory_bytes=1_000_000), room=4096)
    with caplog.at_level(logging.WARNING):
        play(recorder)
        recorder.recording.take(VideoEnds())
        play(recorder)
    assert [words in record.getMessage() for record in caplog.records] == [True]


def test_a_good_camera_needs_no_warning(caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is said of keyframes each second and frames that fit."""
    with caplog.at_level(logging.WARNING):
        Recorder().play("kfkfkFFfkfkfkfkf")
    assert not caplog.records


def test_times_of_samples_and_packets_are_those_of_the_camera() -> None:
    """Updates come each second of the video, whatever the clock on the wall does."""
    recorder = Recorder()
    recorder.play("kfkfkFFFFFFFfkfkfkfkf")
    told = [each for each in recorder.take(Family.EVENT) if each.fields and each.identity]
    at_us = [each.identity.captured_us for each in told if each.identity]
    assert all(then - at >= SECOND for at, then in pairwise(at_us[:-1]))
