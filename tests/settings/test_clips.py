"""The settings of clips: rolls, encoding, memory, parts; and the arithmetic of what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from ss_camera.errors import SettingsError
from ss_camera.settings.model import ClipSettings, Settings, VideoSettings
from tests.settings.loading import loaded, problem, problems

S3 = {
    "CLIP_SS_TYPE": "s3",
    "CLIP_SS_BUCKET": "clips",
    "CLIP_SS_PREFIX": "p",
    "CLIP_SS_SUFFIX": "mp4",
    "CLIP_SS_NAME": "day",
}


def with_motion(given: dict[str, str] | None = None, **more: str) -> Settings:
    return loaded(given, MOTION="on", **more)


def clips(given: dict[str, str] | None = None, **more: str) -> ClipSettings:
    made = with_motion(given, **more).clips
    assert made is not None
    return made


def video(**given: str) -> VideoSettings:
    made = with_motion(**given).camera.video
    assert made is not None
    return made


def refused(given: dict[str, str] | None = None, **more: str) -> str:
    return problem(given, MOTION="on", **more)


@pytest.mark.parametrize(
    ("name", "field", "text", "value"),
    [
        ("CLIP_PREROLL", "preroll_s", "0", 0.0),
        ("CLIP_PREROLL", "preroll_s", "7.5", 7.5),
        ("CLIP_POSTROLL", "postroll_s", "0", 0.0),
        ("CLIP_MAX", "max_s", "3600", 3600.0),
        ("CLIP_MANUAL", "manual_s", "1", 1.0),
        ("CLIP_MANUAL", "manual_s", "3600", 3600.0),
        ("CLIP_MEMORY", "memory_bytes", "16M", 16 * 1024**2),
        ("CLIP_PART_BYTES", "part_bytes", "16K", 16 * 1024),
        ("CLIP_DELIVERY", "whole", "Parts", False),
    ],
)
def test_each_value_arrives(name: str, field: str, text: str, value: object) -> None:
    """0 is a length of its own, and not the default."""
    assert getattr(clips({name: text}), field) == value


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("CLIP_PREROLL", "-1", "seconds from 0 to 600"),
        ("CLIP_PREROLL", "5s", "seconds from 0 to 600"),
        ("CLIP_POSTROLL", "601", "seconds from 0 to 600"),
        ("CLIP_BUFFER", "1201", "seconds from 0 to 1200"),
        ("CLIP_MAX", "0", "seconds from 1 to 3600"),
        ("CLIP_MANUAL", "0", "seconds from 1 to 3600"),
        ("CLIP_BITRATE", "9999", "bits a second from 10K to 200M, units K, M (1000, 1000000)"),
        ("CLIP_BITRATE", "1G", "bits a second from 10K to 200M, units K, M (1000, 1000000)"),
        ("CLIP_BITRATE", "1_00", "bits a second from 10K to 200M, units K, M (1000, 1000000)"),
        ("CLIP_PROFILE", "extended", "one of baseline, main, high"),
        ("CLIP_GOP", "0", "seconds from 0.1 to 10"),
        ("CLIP_GOP", "10.1", "seconds from 0.1 to 10"),
        ("CLIP_MEMORY", "64", "bytes from 1M to 16G, units K, M, G"),
        ("CLIP_PART_BYTES", "8K", "bytes from 16K to 64M, units K, M, G"),
        ("CLIP_DELIVERY", "all", "one of parts, whole"),
    ],
)
def test_a_value_out_of_its_range_is_told_with_the_range(name: str, text: str, expected: str) -> None:
    """Rolls, rates and sizes; also while MOTION is off."""
    line = problem({name: text}, MOTION="off")
    assert line.startswith(f'ss-camera: config: {name} (environment): "{text}" ')
    assert line.endswith(f"; expected {expected}")


@pytest.mark.parametrize(
    ("text", "bitrate"),
    [
        ("17_000_000", 17_000_000),
        ("17000000", 17_000_000),
        ("17M", 17_000_000),
        ("17 mbit/s", 17_000_000),
        ("1.5M", 1_500_000),
        ("500k", 500_000),
    ],
)
def test_a_bit_rate_is_decimal(text: str, bitrate: int) -> None:
    """As pinthesky's users and encoders write it; K and M are thousands here, not powers of 1024."""
    assert video(CLIP_BITRATE=text).bitrate == bitrate


def test_how_video_is_encoded() -> None:
    """Each in its place."""
    made = video(CLIP_BITRATE="2M", CLIP_PROFILE="Main", CLIP_LEVEL="3.0", CLIP_GOP="0.5")
    assert made == VideoSettings(2_000_000, "main", "3", 0.5)


def test_pintheskys_buffer_is_both_rolls() -> None:
    """Half before, half after."""
    made = clips(CLIP_BUFFER="15")
    assert (made.preroll_s, made.postroll_s) == (7.5, 7.5)


@pytest.mark.parametrize("name", ["CLIP_PREROLL", "CLIP_POSTROLL"])
def test_pintheskys_buffer_stands_beside_neither_roll(name: str) -> None:
    """Two lines that say different things."""
    line = refused({name: "3"}, CLIP_BUFFER="15")
    assert f"CLIP_BUFFER (environment): is set beside {name}, and sets it as well" in line


def test_a_schedule_and_a_frame_rate_go_together_with_clips() -> None:
    """Stills by the one, video at the other: nothing to warn of."""
    assert with_motion(SCHEDULE="every minute", PICAMERA_FRAMERATE="20").warnings == ()


@pytest.mark.parametrize(
    ("level", "bitrate", "framerate"), [("4", "17000000", "20"), ("2.2", "5000000", "15")]
)
def test_pintheskys_own_examples_are_taken(level: str, bitrate: str, framerate: str) -> None:
    """Both sets of its README; the second one is at its level's limit to the bit."""
    made = video(
        CLIP_LEVEL=level,
        CLIP_BITRATE=bitrate,
        CLIP_PROFILE="high",
        PICAMERA_RESOLUTION="640x480",
        PICAMERA_FRAMERATE=framerate,
    )
    assert made.level == level


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (
            {"CLIP_LEVEL": "2.2", "CLIP_BITRATE": "5000001"},
            "2.2 takes at most 5000000 bits a second, and CLIP_BITRATE is 5000001 with profile high; "
            "expected 3 or higher, or a lower CLIP_BITRATE",
        ),
        (
            {"CLIP_LEVEL": "2.2", "CLIP_PROFILE": "main"},
            "2.2 takes at most 4000000 bits a second, and the default CLIP_BITRATE is 5000000 with profile "
            "main; expected 3 or higher, or a lower CLIP_BITRATE",
        ),
        (
            {"CLIP_LEVEL": "2.2", "PICAMERA_RESOLUTION": "VGA", "PICAMERA_FRAMERATE": "30"},
            "2.2 takes at most 20250 macroblocks a second, and 640x480 has 36000 at 30 frames a second; "
            "expected 3 or higher, or fewer frames a second",
        ),
        (
            {"CLIP_LEVEL": "3.1", "PICAMERA_RESOLUTION": "1080p"},
            "3.1 takes at most 3600 macroblocks a frame, and 1920x1080 has 8160; expected 4 or higher, or a "
            "smaller picture",
        ),
        (
            {"CLIP_LEVEL": "4.2", "PICAMERA_RESOLUTION": "4K"},
            "4.2 takes at most 8704 macroblocks a frame, and 3840x2160 has 32400; expected a smaller picture",
        ),
        (
            {"CLIP_LEVEL": "3", "PICAMERA_RESOLUTION": "2048x32"},
            "3 takes at most 113 macroblocks along a side, and 2048x32 has 128; expected 3.1 or higher",
        ),
    ],
)
def test_a_level_that_the_video_passes_is_told_with_its_limit(given: dict[str, str], told: str) -> None:
    """The variable, the limit of the standard's table A-1, what passes it, and the level that would do."""
    assert refused(given).startswith(f"ss-camera: config: CLIP_LEVEL (environment): {told}")


def test_a_level_that_is_none_is_told_with_all() -> None:
    """By picamera's names."""
    line = refused(CLIP_LEVEL="2.3")
    assert "expected one of 1, 1b, 1.1, 1.2, 1.3, 2, 2.1, 2.2, 3, 3.1, 3.2, 4, 4.1, 4.2" in line


@pytest.mark.parametrize(
    ("resolution", "framerate", "level"), [("VGA", "20", "4"), ("1080p", "60", "4.2"), ("4K", "30", "5.1")]
)
def test_an_unset_level_takes_the_video(resolution: str, framerate: str, level: str) -> None:
    """Nobody has to know levels."""
    assert video(PICAMERA_RESOLUTION=resolution, PICAMERA_FRAMERATE=framerate).level == level


def test_a_video_that_no_level_takes_is_refused() -> None:
    """And not left to the encoder."""
    line = refused(PICAMERA_RESOLUTION="10000x10000")
    assert "CLIP_LEVEL (not set): no level of H.264 takes such a picture" in line


@pytest.mark.parametrize("kind", ["picamera", "picamera2"])
def test_a_camera_that_makes_its_video_smaller_may_have_larger_stills(kind: str) -> None:
    """The whole sensor of an HQ camera, beside clips."""
    assert video(CAMERA=kind, PICAMERA_RESOLUTION="4056x3040").level == "4"


def test_a_ring_above_its_memory_is_refused_with_the_arithmetic() -> None:
    """Bit rate x (pre-roll + GOP), and three ways out that all work."""
    given = {"CLIP_PREROLL": "60", "CLIP_BITRATE": "17M", "CLIP_GOP": "2", "QUEUE_BYTES": "1G"}
    line = refused(given)
    assert line == (
        "ss-camera: config: CLIP_PREROLL (environment): the seconds before the motion need 125.6 MiB: "
        "17000000 bits a second x (60 + 2) s / 8; CLIP_MEMORY is 64.0 MiB; "
        "expected a pre-roll up to 29 s, a lower CLIP_BITRATE, or CLIP_MEMORY=126M"
    )
    assert clips(given | {"CLIP_PREROLL": "29"})
    assert clips(given, CLIP_MEMORY="126M")


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("CLIP_BUFFER", {"CLIP_BUFFER": "300"}),
        ("CLIP_BITRATE", {"CLIP_BITRATE": "100M"}),
        ("CLIP_GOP", {"CLIP_GOP": "10", "CLIP_MEMORY": "8M"}),
        ("CLIP_MEMORY", {"CLIP_MEMORY": "1M"}),
        ("QUEUE_BYTES", {"QUEUE_BYTES": "4M"}),
    ],
)
def test_a_ring_above_its_memory_is_told_at_what_made_it_so(name: str, more: dict[str, str]) -> None:
    """A name that stands in the user's file."""
    assert refused(more).startswith(f"ss-camera: config: {name} (environment): the seconds before")


def test_a_ring_that_the_queue_does_not_take_is_refused() -> None:
    """It leaves at once: what the queue has no room for would be the first part, and the clip were lost."""
    given = {"CLIP_PREROLL": "20", "CLIP_BITRATE": "17M", "QUEUE_BYTES": "32M"}
    line = refused(given)
    assert "CLIP_PREROLL (environment): the seconds before the motion need 42.6 MiB" in line
    assert line.endswith(
        "QUEUE_BYTES is 32.0 MiB, a quarter to stay free; "
        "expected a pre-roll up to 10 s, a lower CLIP_BITRATE, or QUEUE_BYTES=57M"
    )
    assert clips(given | {"CLIP_PREROLL": "10"}).burst_bytes == 24 * 1024**2
    assert clips(given | {"QUEUE_BYTES": "57M"})


def test_a_queue_that_is_not_set_takes_the_ring() -> None:
    """Four thirds of it, where that is more than the default."""
    given = with_motion(CLIP_PREROLL="20", CLIP_BITRATE="17M")
    ring_bytes = 17_000_000 * 21 // 8
    assert given.publish.queue_bytes == -(-ring_bytes * 4 // 3)
    assert given.clips is not None
    assert given.clips.burst_bytes is not None
    assert given.clips.burst_bytes >= ring_bytes
    assert with_motion().publish.queue_bytes == 32 * 1024**2


@for_all(
    bitrate=st.integers(10_000, 200_000_000),
    preroll_s=st.integers(0, 600),
    gop_ds=st.integers(1, 100),
    memory=st.integers(1, 1000),
)
def test_what_is_taken_fits_its_memory(bitrate: int, preroll_s: int, gop_ds: int, memory: int) -> None:
    """Exactly then."""
    needed = round(bitrate * (preroll_s + gop_ds / 10) / 8)
    given = {
        "CLIP_BITRATE": str(bitrate),
        "CLIP_PREROLL": str(preroll_s),
        "CLIP_GOP": str(gop_ds / 10),
        "CLIP_MEMORY": f"{memory}M",
        "QUEUE_BYTES": "2G",
    }
    try:
        with_motion(given)
        taken = True
    except SettingsError:
        taken = False
    assert taken == (needed <= memory * 1024**2)


@pytest.mark.parametrize(
    ("given", "part_bytes", "warned"),
    [
        ({}, 256 * 1024, False),
        ({"CLIP_PART_BYTES": "900K"}, 900 * 1024, False),
        ({"CLIP_PART_BYTES": "1M"}, 1_044_480, True),
        ({"CLIP_PART_BYTES": "4M", "SS_MAX_REQUEST_SIZE": "8388620"}, 4 * 1024**2, False),
        ({"CLIP_PART_BYTES": "4M", "CLIP_SS_MAX_REQUEST_SIZE": "2000000"}, 1_995_904, True),
        ({"SS_MAX_REQUEST_SIZE": "100000"}, 95_904, False),
        ({"CLIP_PART_BYTES": "4M", **S3}, 4 * 1024**2, False),
    ],
)
def test_a_part_is_lowered_to_what_a_message_may_have(
    given: dict[str, str], part_bytes: int, warned: bool
) -> None:
    """Kafka's default is 1 MiB; a default that is lowered needs no word, a user's does."""
    settings = with_motion(given)
    assert settings.clips is not None
    assert settings.clips.part_bytes == part_bytes
    assert any("CLIP_PART_BYTES is lowered" in line for line in settings.warnings) == warned


@pytest.mark.parametrize("name", ["SS_MAX_REQUEST_SIZE", "CLIP_SS_MAX_REQUEST_SIZE"])
def test_a_message_without_room_for_a_part_is_told(name: str) -> None:
    """By the name that says so."""
    line = refused({name: "16384"})
    assert f"{name} (environment): 16384 leaves no room for a part of a clip; expected at least 20480" in line


def test_whole_clips_need_a_queue_and_messages_that_take_them() -> None:
    """A clip that nothing would take is lost: that is told before, with what would do."""
    queue, message = problems(MOTION="on", CLIP_DELIVERY="whole")
    assert "whole makes a message of up to 64.6 MiB" in queue
    assert "QUEUE_BYTES is 32.0 MiB; expected QUEUE_BYTES=65M" in queue
    assert "SS_MAX_REQUEST_SIZE=68157440 (and as much for the broker's message.max.bytes)" in message
    made = clips(CLIP_DELIVERY="whole", QUEUE_BYTES="65M", SS_MAX_REQUEST_SIZE="68157440")
    assert made.whole


def test_whole_clips_for_s3_need_the_queue_only() -> None:
    """Its objects have no such bound."""
    assert "QUEUE_BYTES" in refused(S3, CLIP_DELIVERY="whole")
    assert clips(S3, CLIP_DELIVERY="whole", CLIP_MAX="30").whole
