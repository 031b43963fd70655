"""What a viewer saves: whole under its final name, once, below its folder, whatever is sent."""

from __future__ import annotations

import json
import resource
from dataclasses import replace
from pathlib import Path

import pytest

from ss_camera.clock import FakeClock
from ss_camera.errors import SettingsError
from tests.clips.real_video import encode, play
from tests.pictures import TAKEN_US, jpeg
from tests.viewer.sender import SHORT, Camera
from tests.viewer.taking import DAY, files, receive, take, video_of
from viewer import saved_clips
from viewer.archive import ARRIVING, EVENTS, Archive
from viewer.cameras import MAX_CAMERAS, Cameras
from viewer.clips import IDLE_S, MAX_LISTED, Clips
from viewer.event_lines import EventLines


def test_a_saved_clip_has_its_name_once_it_is_whole(
    clock: FakeClock, cameras: Cameras, camera: Camera, tmp_path: Path
) -> None:
    """Camera, day and time of its first frame; modified when it was taken; its identity in a box behind."""
    parts = camera.clip(encode(60))
    clips = Clips(clock, Archive(tmp_path))
    take(clips, cameras, parts[:-1])
    assert files(tmp_path) == []
    take(clips, cameras, parts[-1:])
    (name,) = files(tmp_path)
    assert name.startswith(f"gate/{DAY}/0800")
    assert name.endswith(".mp4")
    assert len(play((tmp_path / name).read_bytes())[0]) == 40
    captured_us = clips.newest()[0]["captured_us"]
    assert (tmp_path / name).stat().st_mtime_ns == captured_us * 1000
    assert video_of(clips, 1) == (tmp_path / name).read_bytes()
    assert list((tmp_path / ARRIVING).iterdir()) == [tmp_path / ARRIVING / "lock"]


def test_a_clip_that_comes_again_is_one_file(
    clock: FakeClock, cameras: Cameras, camera: Camera, tmp_path: Path
) -> None:
    """Twice in one run, and again after a restart: nothing is written over, and no second file is made."""
    parts = camera.clip(encode(60))
    archive = Archive(tmp_path)
    clips = Clips(clock, archive)
    take(clips, cameras, parts + parts)
    (name,) = files(tmp_path)
    before = (tmp_path / name).stat()
    clips.close()
    archive.close()
    again = Clips(clock, Archive(tmp_path))
    take(again, Cameras(clock), parts)
    assert files(tmp_path) == [name]
    assert (tmp_path / name).stat().st_ino == before.st_ino
    assert again.newest()[0]["state"] == "complete"


def test_an_incomplete_clip_is_marked_and_said_once(
    clock: FakeClock, cameras: Cameras, camera: Camera, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """After ten minutes without a part: what came, in order, under a name that says so; what is missing."""
    parts = camera.clip(encode(60))
    clips = Clips(clock, Archive(tmp_path))
    take(clips, cameras, [*parts[:2], *parts[3:]])
    clock.advance(IDLE_S)
    clips.tick()
    clips.tick()
    (name,) = files(tmp_path)
    assert name.endswith(".incomplete.mp4")
    assert 0 < len(play((tmp_path / name).read_bytes())[0]) < 40
    assert caplog.text.count("is incomplete: no part came for 600 s; 1 part is missing; what came is") == 1
    assert clips.newest()[0]["state"] == "incomplete"
    take(clips, cameras, [parts[2]])
    assert files(tmp_path) == [name]


def test_a_clip_that_turns_out_complete_takes_the_place_of_what_came_before(
    clock: FakeClock, camera: Camera, tmp_path: Path
) -> None:
    """A viewer that is started with --from-beginning reads again what another run saw the beginning of."""
    parts = camera.clip(encode(60))
    archive = Archive(tmp_path)
    clips = Clips(clock, archive)
    take(clips, Cameras(clock), parts[:-1])
    clips.close()
    archive.close()
    assert files(tmp_path)[0].endswith(".incomplete.mp4")
    take(Clips(clock, Archive(tmp_path)), Cameras(clock), parts)
    (name,) = files(tmp_path)
    assert ".incomplete" not in name


def test_a_whole_clip_takes_the_place_of_what_was_joined_on_the_way(
    clock: FakeClock, camera: Camera, tmp_path: Path
) -> None:
    """Of which the name has the time of the first part that came; the list has the whole one only, too."""
    parts = camera.clip(encode(60))
    for some in (parts[2:], parts[3:]):
        archive = Archive(tmp_path)
        clips = Clips(clock, archive)
        take(clips, Cameras(clock), some)
        clips.close()
        archive.close()
    assert len(files(tmp_path)) == 2
    archive = Archive(tmp_path)
    again = Clips(clock, archive)
    found = [saved_clips.read(path) for path in archive.newest(MAX_LISTED)]
    again.list_saved([clip for clip in found if clip is not None])
    take(again, Cameras(clock), parts)
    (name,) = files(tmp_path)
    assert ".incomplete" not in name
    assert [each["state"] for each in again.newest()] == ["complete"]


def test_a_folder_that_cannot_be_looked_into_takes_no_whole_clip_back(tmp_path: Path) -> None:
    """Where no file can be opened any more just when the pieces of one are looked for, they stay."""
    archive, day = Archive(tmp_path), tmp_path / "gate" / DAY
    day.mkdir(parents=True)
    piece = day / "080001.000000Z-0123456789abcdef.incomplete.mp4"
    piece.touch()
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        archive._drop_incomplete(day / "080000.000000Z-0123456789abcdef.mp4", TAKEN_US, "0123456789abcdef")
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
    assert piece.exists()
    archive._drop_incomplete(day / "080000.000000Z-0123456789abcdef.mp4", TAKEN_US, "0123456789abcdef")
    assert not piece.exists()


def test_a_saved_clip_that_ends_with_a_slice_is_listed(
    clock: FakeClock, cameras: Cameras, camera: Camera, tmp_path: Path
) -> None:
    """The box behind its file is that of a slice, and no `free` box stands around it there."""
    archive = Archive(tmp_path)
    small = replace(SHORT, part_bytes=16 * 1024)
    take(Clips(clock, archive), cameras, camera.clip(encode(60, noise=True), settings=small))
    (path,) = archive.newest(1)
    found = saved_clips.read(path)
    assert found is not None
    assert (found.state, found.problem, found.duration_s) == ("complete", None, 2.0)


def test_what_a_killed_viewer_was_writing_is_kept_and_marked(
    clock: FakeClock, cameras: Cameras, camera: Camera, tmp_path: Path
) -> None:
    """The next start finds it; a still that was half written goes."""
    archive = Archive(tmp_path)
    take(Clips(clock, archive), cameras, camera.clip(encode(60))[:-1])
    (tmp_path / ARRIVING / "still").write_bytes(jpeg()[:100])
    archive.close()  # as the system does it for a process that was killed
    Archive(tmp_path)
    (name,) = files(tmp_path)
    assert name.startswith(f"gate/{DAY}/")
    assert name.endswith(".incomplete.mp4")
    assert len(play((tmp_path / name).read_bytes())[0]) > 20


def test_saved_clips_are_listed_after_a_restart(clock: FakeClock, camera: Camera, tmp_path: Path) -> None:
    """With camera, time, length and state, from the files alone; what is no clip of ours is left out."""
    archive = Archive(tmp_path)
    clips = Clips(clock, archive)
    take(clips, Cameras(clock), [*camera.clip(encode(60)), *camera.clip(encode(60))[:-1]])
    clips.close()
    before = clips.newest()
    (tmp_path / "gate" / DAY / "z.mp4").write_bytes(b"not ours" * 100)
    (tmp_path / "gate" / DAY / "zz.mp4").write_bytes(b"")
    archive.close()
    after = Archive(tmp_path)
    found = [saved_clips.read(path) for path in after.newest(MAX_LISTED)]
    again = Clips(clock, after)
    again.list_saved([clip for clip in found if clip is not None])
    shown = [
        {key: each[key] for key in ("camera", "state", "captured_us", "preroll_s", "event", "codec")}
        for each in again.newest()
    ]
    assert sorted(map(str, shown)) == sorted(
        str({key: each[key] for key in ("camera", "state", "captured_us", "preroll_s", "event", "codec")})
        for each in before
    )
    assert {each["duration_s"] for each in again.newest() if each["state"] == "complete"} == {2.0}


def test_a_saved_clip_that_comes_again_is_listed_once(
    clock: FakeClock, camera: Camera, tmp_path: Path
) -> None:
    """A viewer that lists what it saved before, and reads from the beginning."""
    parts, piece = camera.clip(encode(60)), camera.clip(encode(60))[:-1]
    for _ in range(2):
        archive = Archive(tmp_path)
        clips = Clips(clock, archive)
        found = [saved_clips.read(path) for path in archive.newest(MAX_LISTED)]
        clips.list_saved([clip for clip in found if clip is not None])
        take(clips, Cameras(clock), [*parts, *piece])
        clips.close()
        archive.close()
        assert sorted(str(each["state"]) for each in clips.newest()) == ["complete", "incomplete"]


def test_stills_and_events_are_saved_once(
    clock: FakeClock, cameras: Cameras, camera: Camera, tmp_path: Path
) -> None:
    """A picture as it came, an event as a line of JSON; neither again after a restart."""
    archive = Archive(tmp_path)
    still = camera.payload()
    event = camera.event("motion-start", score=12)
    for payload in (still, event):
        found = receive(cameras, payload)
        assert found is not None
        save = archive.save_still if payload == still else archive.save_event
        assert save(found)
        assert not save(found)
    archive.close()
    saved = files(tmp_path)
    assert [Path(name).suffix for name in saved] == [".jpg", ".jsonl"]
    assert (tmp_path / saved[0]).read_bytes() == still
    assert (tmp_path / saved[0]).stat().st_mtime_ns == TAKEN_US * 1000
    again, anew = Archive(tmp_path), Cameras(clock)
    first, second = receive(anew, still), receive(anew, event)
    assert first is not None
    assert second is not None
    assert not again.save_still(first)
    assert not again.save_event(second)
    (line,) = (tmp_path / "gate" / DAY / EVENTS).read_text().splitlines()
    assert json.loads(line) == json.loads(event)


def test_events_of_many_cameras_are_remembered(clock: FakeClock, cameras: Cameras, tmp_path: Path) -> None:
    """A file is read once and not for each event, whose cost would grow with the day."""
    archive = Archive(tmp_path)
    events = [
        receive(cameras, Camera(f"camera-{number}", "b", clock).event("motion-start", score=1))
        for number in range(40)
    ]
    for event in events:
        assert event is not None
        assert archive.save_event(event)
    for path in tmp_path.glob("*/*/*.jsonl"):
        path.unlink()
    for event in events:
        assert event is not None
        assert not archive.save_event(event), "known, though no file tells"


def test_what_is_remembered_of_events_is_bounded(cameras: Cameras, camera: Camera, tmp_path: Path) -> None:
    """The file that was asked for longest ago is forgotten, and read again when it is."""
    lines, events = EventLines(most=3), [receive(cameras, camera.event("motion-start")) for _ in range(4)]
    identities = [event.incoming.identity for event in events if event is not None]
    for identity in identities:
        assert identity is not None
        line = json.dumps(identity.fields()).encode() + b"\n"
        one, other = tmp_path / "one", tmp_path / "other"
        assert lines.add(one, identity, line)
        assert lines.add(other, identity, line)
        assert not lines.add(one, identity, line)
    assert len((tmp_path / "one").read_text().splitlines()) == 4


def test_a_line_that_a_crash_cut_does_not_spoil_the_next(
    clock: FakeClock, cameras: Cameras, camera: Camera, tmp_path: Path
) -> None:
    """The next event begins a line of its own."""
    path = tmp_path / "gate" / DAY / EVENTS
    path.parent.mkdir(parents=True)
    path.write_bytes(b'{"v":1,"camera":"ga')
    found = receive(cameras, camera.event("motion-start", score=1))
    assert found is not None
    Archive(tmp_path).save_event(found)
    assert [line[:8] for line in path.read_text().splitlines()] == ['{"v":1,"', '{"v":1,"']
    assert json.loads(path.read_text().splitlines()[1])["score"] == 1


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "/abs/olute",
        "..",
        ".",
        ".hidden",
        "a/b\\c",
        "x" * 1000,
        "\x00\x1b[2J",
        "",
        "玄関",
    ],
)
def test_no_name_leaves_the_folder(clock: FakeClock, cameras: Cameras, tmp_path: Path, name: str) -> None:
    """Whatever a message says of its camera, event or clip: three levels of plain names below the folder."""
    folder = tmp_path / "saved"
    archive = Archive(folder)
    clips, camera = Clips(clock, archive), Camera(name, name, clock)
    still = receive(cameras, camera.payload())
    event = receive(cameras, camera.event("motion-start", name, score=1))
    assert still is not None
    assert event is not None
    archive.save_still(still)
    archive.save_event(event)
    take(clips, cameras, camera.clip(encode(60)))
    names = files(folder)
    assert len(names) == 3
    for saved in names:
        parts = Path(saved).parts
        assert len(parts) == 3
        assert all(
            part.isascii() and part.replace("-", "").replace("_", "").replace(".", "").isalnum()
            for part in parts
        )
        assert not any(part.startswith(".") for part in parts)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["saved"]


def test_two_cameras_whose_names_look_alike_stay_apart(
    clock: FakeClock, cameras: Cameras, tmp_path: Path
) -> None:
    """`a/b` and `a_b` are two folders."""
    archive = Archive(tmp_path)
    for name in ("a/b", "a_b", "a?b"):
        found = receive(cameras, Camera(name, "b", clock).payload())
        assert found is not None
        archive.save_still(found)
    assert len({name.split("/")[0] for name in files(tmp_path)}) == 3


def test_each_of_many_cameras_has_its_folder(clock: FakeClock, cameras: Cameras, tmp_path: Path) -> None:
    """Also those that share one place on the page: where a picture is saved depends on itself alone."""
    archive = Archive(tmp_path)
    for number in range(MAX_CAMERAS + 5):
        found = receive(cameras, Camera(f"camera-{number}", "b", clock).payload())
        assert found is not None
        archive.save_still(found)
    folders = {name.split("/")[0] for name in files(tmp_path)}
    assert folders == {f"camera-{number}" for number in range(MAX_CAMERAS + 5)}


def test_a_folder_that_cannot_be_had_is_one_sentence(tmp_path: Path) -> None:
    """A file in its place, or another viewer in it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"--save .*: Not a directory; give a folder"):
        Archive(tmp_path / "file" / "below")
    first = Archive(tmp_path / "one")
    with pytest.raises(SettingsError, match="another viewer saves there"):
        Archive(tmp_path / "one")
    first.close()
    Archive(tmp_path / "one").close()
