"""EXIF tags that the user gives stand in every still, beside the camera's and ours."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from PIL.ExifTags import IFD

from ss_camera import jpeg
from ss_camera.clock import FakeClock
from ss_camera.media import Reason, Still
from ss_camera.message import Sequence, read
from ss_camera.sources.exif_tags import ExifTags
from tests.camera.videos import numbered_jpeg

GIVEN = {
    "IFD0.Copyright": "Gemüsegarten e.V.",
    "IFD0.Artist": "2024",
    "EXIF.FocalLength": "36/10",
    "EXIF.ISOSpeedRatings": "200",
    "GPS.GPSLatitudeRef": "N",
    "GPS.GPSLatitude": "35/1,40/1,1234/100",
    "GPS.GPSDateStamp": "2024:01:02",
}
STILL = Still(numbered_jpeg(5), 160, 120, 1_700_000_000_000_000)


def tags_of(data: bytes) -> Image.Exif:
    return Image.open(io.BytesIO(data)).getexif()


def with_own(tags: Image.Exif) -> Still:
    out = io.BytesIO()
    Image.open(io.BytesIO(STILL.data)).save(out, "JPEG", exif=tags)
    return Still(out.getvalue(), 160, 120, STILL.captured_us)


def published(still: Still) -> bytes:
    return Sequence("garden", FakeClock()).still(still, Reason.SCHEDULE).payload


def test_all_groups_are_read_back_from_the_message() -> None:
    """Text, numbers and fractions, in the types that readers expect; and the message is still ours."""
    tags = ExifTags(GIVEN)
    (told,) = tags.warnings
    assert "IFD0.Copyright has letters that are not ASCII" in told
    payload = published(tags.written_into(STILL))
    found = tags_of(payload)
    assert found[0x8298] == "Gem?segarten e.V."  # EXIF is ASCII
    assert found[0x013B] == "2024"
    assert found.get_ifd(IFD.Exif)[0x920A] == pytest.approx(3.6)
    assert found.get_ifd(IFD.Exif)[0x8827] == 200
    assert found.get_ifd(IFD.GPSInfo)[1] == "N"
    assert [float(each) for each in found.get_ifd(IFD.GPSInfo)[2]] == [35, 40, 12.34]
    assert found.get_ifd(IFD.GPSInfo)[29] == "2024:01:02"
    assert found.get_ifd(IFD.Exif)[0x9003] == "2023:11:14 22:13:20"
    identity = read(payload).identity
    assert identity is not None
    assert identity.camera == "garden"


def test_the_cameras_own_tags_stay() -> None:
    """But for those of the same name."""
    own = Image.Exif()
    own[0x010F], own[0x013B] = "Maker", "The camera"
    found = tags_of(ExifTags(GIVEN).written_into(with_own(own)).data)
    assert (found[0x010F], found[0x013B]) == ("Maker", "2024")


def test_without_tags_a_still_is_the_same_object() -> None:
    """It costs nothing."""
    assert ExifTags({}).written_into(STILL) is STILL


@pytest.mark.parametrize("data", [b"", b"\xff\xd8\xff", STILL.data[:40]])
def test_a_damaged_still_is_handed_on(data: bytes) -> None:
    """The flow counts it."""
    damaged = Still(data, 0, 0, 1)
    assert ExifTags(GIVEN).written_into(damaged) is damaged


def test_damaged_tags_of_the_camera_give_way() -> None:
    """Ours are written all the same."""
    damaged = Still(jpeg.with_exif(STILL.data, b"MM\x00\x2a\xff\xff\xff\xff"), 160, 120, 0)
    assert tags_of(ExifTags(GIVEN).written_into(damaged).data)[0x013B] == "2024"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("IFD0.Copyrigth", "no EXIF tag of that name"),
        ("IFD1.Compression", "stills have none"),
        ("EXIF.UserComment", "identity"),
        ("EXIF.DateTimeOriginal", "time"),
        ("IFD0.ExifOffset", "where something lies"),
        ("IFD0.GPSInfo", "where something lies"),
        ("EXIF.ExifInteroperabilityOffset", "where something lies"),
        ("IFD0.StripOffsets", "where something lies"),
    ],
)
def test_a_tag_that_cannot_be_written_is_said(name: str, words: str) -> None:
    """One sentence that names the variable; the others are written."""
    tags = ExifTags({name: "1", "IFD0.Artist": "me"})
    (warning,) = tags.warnings
    assert warning.startswith(f"PICAMERA_EXIF_TAGS__{name} ")
    assert words in warning
    assert tags_of(tags.written_into(STILL).data)[0x013B] == "me"


@pytest.mark.parametrize(
    "text", ["1/2", "99999999999999999999/3", "-5/3", "99999999999", "1,2,3", "N", "70000,-1"]
)
@pytest.mark.parametrize(
    "name", ["EXIF.ISOSpeedRatings", "EXIF.FocalLength", "GPS.GPSAltitude", "IFD0.Orientation", "EXIF.Flash"]
)
def test_any_text_is_written_somehow_or_said(name: str, text: str) -> None:
    """A value of another kind than the tag's must not end a camera."""
    still = ExifTags({name: text, "IFD0.Artist": "me"}).written_into(STILL)
    assert tags_of(still.data)[0x013B] == "me"


def test_tags_beside_a_large_note_of_the_camera() -> None:
    """A segment holds 64 KiB: the user's tags go before the maker's note, and our identity before both."""
    own = Image.Exif()
    own.get_ifd(IFD.Exif)[0x927C] = b"n" * 65_000
    still = ExifTags(GIVEN | {"IFD0.ImageDescription": "d" * 2000}).written_into(with_own(own))
    assert tags_of(still.data)[0x013B] == "2024"
    assert read(published(still)).identity is not None
