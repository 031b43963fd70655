"""What is told of a motion while it is recorded: a start at once, an update each second, an end."""

from __future__ import annotations

import base64

from ss_camera import message
from ss_camera.clips import Clips
from ss_camera.clock import FakeClock
from ss_camera.event_teller import END, MAX_CLIPS, MAX_THUMBNAIL, START, UPDATE, EventTeller, with_thumbnail
from ss_camera.media import ClipPart, Event, Reason
from ss_camera.settings.model import ClipSettings
from tests.clips.letters import ROOM, SECOND, WALL_US, ids, packet

SETTINGS = ClipSettings(preroll_s=1, postroll_s=2)


def tell(script: str, *, frame_us: int = SECOND // 4) -> tuple[list[Event], list[ClipPart]]:
    """The events of a video with four frames a second; nine blocks move in `F`, twelve in `K`."""
    clips, teller = Clips(SETTINGS, ROOM, new_id=ids()), EventTeller()
    told: list[Event] = []
    parts: list[ClipPart] = []
    for number, letter in enumerate(script):
        frame = packet(letter, number, number * frame_us)
        score = {"F": 9, "K": 12}.get(letter, 0)
        step = clips.packet(frame)
        told += teller.after(frame.pts_us, frame.captured_us, clips.event, step)
        judged = clips.motion(frame.pts_us, frame.captured_us, moving=score > 0)
        told += teller.after(frame.pts_us, frame.captured_us, clips.event, judged, score)
        parts += step + judged
    rest = clips.stop()
    told += teller.after(frame.pts_us, frame.captured_us, clips.event, rest)
    return told, parts + rest


def test_a_motion_is_told_at_its_start_each_second_and_at_its_end() -> None:
    """The start in the very step of the trigger; the end with what a subscriber should have got."""
    told, parts = tell("kfffkffFKFfffffffffffkfff")
    assert [event.kind for event in told] == [START, UPDATE, UPDATE, UPDATE, END]
    start, *updates, end = told
    assert start.captured_us == WALL_US + 7 * SECOND // 4
    assert start.fields == {"score": 9}
    assert [event.captured_us - start.captured_us for event in updates] == [SECOND, 2 * SECOND, 3 * SECOND]
    assert [event.fields["score"] for event in updates] == [12, 0, 0]
    assert end.fields == {
        "duration_s": 0.5,
        "peak": 12,
        "clips": ["e1.1"],
        "parts": len(parts),
        "preroll_s": 1.75,
    }
    assert {(event.event, event.reason) for event in told} == {("e1", Reason.MOTION)}


def test_a_video_that_stops_ends_the_event() -> None:
    """No start stays without its end."""
    told, parts = tell("kfFf")
    assert [event.kind for event in told] == [START, END]
    assert told[-1].fields["parts"] == len(parts)


def test_motion_within_a_clip_on_demand_does_not_shorten_it() -> None:
    """Its duration is that of the command, which ends later."""
    clips, teller = Clips(SETTINGS, ROOM, new_id=ids()), EventTeller()
    frame = packet("k", 0, 0)
    parts = clips.packet(frame) + clips.manual(10.0)
    teller.after(frame.pts_us, frame.captured_us, clips.event, parts)
    clips.motion(SECOND, WALL_US + SECOND, moving=True)
    teller.after(SECOND, WALL_US + SECOND, clips.event, [], 9)
    (end,) = teller.after(2 * SECOND, WALL_US + 2 * SECOND, None, clips.stop())
    assert (end.kind, end.fields["duration_s"]) == (END, 10.0)


def test_each_event_has_sums_of_its_own() -> None:
    """A second motion does not count the first one's parts."""
    told, parts = tell("kKfffffffffkfffffffkFffffffffffkf")
    ends = [event for event in told if event.kind == END]
    assert [event.fields["peak"] for event in ends] == [12, 9]
    assert [event.fields["clips"] for event in ends] == [["e1.1"], ["e2.1"]]
    assert [event.fields["parts"] for event in ends] == [
        sum(part.event == number for part in parts) for number in ("e1", "e2")
    ]


def test_an_event_of_many_clips_names_the_newest() -> None:
    """A motion without an end, in the shortest clips: what is told of it stays as small as a reader takes."""
    clips = Clips(ClipSettings(preroll_s=0, max_s=1), ROOM)  # with ids of full length
    teller, sequence = EventTeller(), message.Sequence("cam", FakeClock())
    for number in range(MAX_CLIPS * 20):
        frame = packet("k", number, number * SECOND)
        parts = clips.packet(frame)
        parts += clips.motion(frame.pts_us, frame.captured_us, moving=True)
        for event in teller.after(frame.pts_us, frame.captured_us, clips.event, parts):
            sequence.event(event)  # raises where it is too large
    assert event.kind == UPDATE
    assert clips.event is not None
    named = [f"{clips.event.id}.{number}" for number in range(MAX_CLIPS * 19 + 1, MAX_CLIPS * 20 + 1)]
    assert event.fields["clips"] == named


def test_nothing_is_told_of_a_still_picture() -> None:
    """Quiet is no event."""
    assert tell("kfffkfff") == ([], [])


def test_the_start_carries_a_picture_that_fits() -> None:
    """As base64 in the JSON; one that is too large is left out, and the event goes all the same."""
    start = Event(START, WALL_US, Reason.MOTION, "e1", {"score": 9})
    largest = with_thumbnail(start, b"j" * MAX_THUMBNAIL)
    payload = message.Sequence("x" * 64, FakeClock()).event(largest).payload
    fields = message.read(payload).fields
    assert fields is not None
    assert base64.b64decode(str(fields["thumbnail"])) == b"j" * MAX_THUMBNAIL
    assert with_thumbnail(start, b"j" * (MAX_THUMBNAIL + 1)) == start
