"""Clips by HTTP: their list, their bytes by range and as they come, and who may have them."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterator

import aiohttp
import pytest

from ss_camera import message
from tests.clips.real_video import encode, play
from tests.kafka_topics import new_name
from tests.pictures import jpeg
from tests.program import wait_until
from tests.viewer.sender import Camera, Sender
from tests.viewer.serving import feeds_of, serving
from tests.viewer.test_web import PASSWORD, basic
from viewer.web.access import Access

Answer = tuple[int, dict[str, str], bytes]


def get(url: str, **headers: str) -> Answer:
    """Status, headers and body of one request."""

    async def ask() -> Answer:
        named = {name.strip("_").replace("_", "-"): value for name, value in headers.items()}
        async with aiohttp.ClientSession() as session, session.get(url, headers=named) as answer:
            return answer.status, dict(answer.headers), await answer.read()

    return asyncio.run(ask())


def clips_of(url: str, **headers: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(get(url + "api/clips", **headers)[2])["clips"]
    return found


@pytest.fixture
def parts() -> list[bytes]:
    return Camera("gate").clip(encode(60))


@pytest.fixture
def topic() -> str:
    return new_name("webclips")


@pytest.fixture
def page(mock_cluster: str, topic: str, parts: list[bytes]) -> Iterator[str]:
    """A page that has one whole clip, and the picture of its event."""
    camera = Camera("gate")
    events, clips = Sender(mock_cluster, f"{topic}.event"), Sender(mock_cluster, f"{topic}.clip")
    events.send(camera.event("motion-start", thumbnail=base64.b64encode(jpeg()).decode()))
    for part in camera.clip(encode(60)):
        clips.send(part)
    for sender in (events, clips):
        sender.flush()
    with serving(feeds_of(mock_cluster, topic)) as url:
        whole = [("complete", True)]
        wait_until(lambda: [(c["state"], c["picture"]) for c in clips_of(url)] == whole, "clip and picture")
        yield url


def test_a_clip_is_served_whole_and_by_ranges(page: str) -> None:
    """As a video, with the security headers of every answer; each form of a range as RFC 9110 has it."""
    (clip,) = clips_of(page)
    address = f"{page}clips/{clip['id']}.mp4"
    status, headers, whole = get(address)
    assert (status, headers["Content-Type"], headers["Accept-Ranges"]) == (200, "video/mp4", "bytes")
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert (len(whole), len(play(whole)[0])) == (clip["bytes"], 40)
    size = len(whole)
    for text, first, end in (
        ("bytes=0-", 0, size),
        ("bytes=10-19", 10, 20),
        (f"bytes={size - 5}-{size + 100}", size - 5, size),
        ("bytes=-7", size - 7, size),
        (f"bytes=-{10 * size}", 0, size),
    ):
        status, headers, piece = get(address, Range=text)
        assert (status, piece) == (206, whole[first:end]), text
        assert headers["Content-Range"] == f"bytes {first}-{end - 1}/{size}"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_a_head_request_tells_the_size(page: str) -> None:
    """As a download program asks first: no byte of the video, and the connection serves the next request."""

    async def ask() -> tuple[int, int | None, bytes, int]:
        async with aiohttp.ClientSession() as session:
            async with session.head(f"{page}clips/1.mp4") as answer:
                told = answer.status, answer.content_length, await answer.read()
            async with session.get(f"{page}clips/1.mp4") as answer:
                return (*told, len(await answer.read()))

    status, length, body, size = asyncio.run(ask())
    assert (status, length, body) == (200, size, b"")


@pytest.mark.parametrize("text", ["bytes=999999999-", "bytes=9-3", "bytes=-0"])
def test_a_range_that_is_not_there_is_refused(page: str, text: str) -> None:
    """416, and how large the clip is."""
    status, headers, _ = get(f"{page}clips/1.mp4", Range=text)
    assert status == 416
    assert headers["Content-Range"].startswith("bytes */")


@pytest.mark.parametrize(
    "text", ["bytes=0-1,5-6", "lines=1-2", "bytes=a-b", "bytes=-", "", "bytes=" + "9" * 5000]
)
def test_a_range_that_is_none_gets_the_whole(page: str, text: str) -> None:
    """As the RFC leaves open."""
    assert get(f"{page}clips/1.mp4", Range=text)[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "clips/2.mp4",
        "clips/-1.mp4",
        "clips/1.mp3",
        "clips/..%2f..%2fetc%2fpasswd",
        "clips/1.mp4/x",
        "clips/99.jpg",
    ],
)
def test_what_is_no_clip_is_not_found(page: str, path: str) -> None:
    """Clips have numbers of the viewer's own: no name of a message becomes an address or a path."""
    assert get(page + path)[0] == 404


def test_a_picture_of_the_event_stands_for_the_clip(page: str) -> None:
    """The JPEG that came with the start of the motion."""
    (clip,) = clips_of(page)
    assert clip["picture"] is True
    status, headers, data = get(f"{page}clips/{clip['id']}.jpg")
    assert (status, headers["Content-Type"], data) == (200, "image/jpeg", jpeg())


def test_a_copy_has_a_name_of_plain_letters(mock_cluster: str, topic: str) -> None:
    """Whatever the camera is called."""
    clips = Sender(mock_cluster, f"{topic}.clip")
    for part in Camera('a"\r\nX-Evil: 1\u202e/../b').clip(encode(60)):
        clips.send(part)
    clips.flush()
    with serving(feeds_of(mock_cluster, topic)) as url:
        wait_until(lambda: len(clips_of(url)) == 1, "the clip")
        _, headers, _ = get(f"{url}clips/1.mp4?download")
        assert "X-Evil" not in headers
        name = headers["Content-Disposition"].removeprefix('attachment; filename="').removesuffix('"')
        assert name.isascii()
        assert not set(name) & set('"/\\\r\n')


def test_a_clip_is_served_while_it_comes(mock_cluster: str, topic: str, parts: list[bytes]) -> None:
    """What came since a place, then nothing yet, then the rest; the answer says whether more will come."""
    clips = Sender(mock_cluster, f"{topic}.clip")
    size = 0
    for payload in parts[:2]:
        found = message.read(payload).part
        assert found is not None
        size += len(found.video)
        clips.send(payload)
    clips.flush()
    with serving(feeds_of(mock_cluster, topic)) as url:
        wait_until(lambda: [clip["bytes"] for clip in clips_of(url)] == [size], "both parts")
        address = f"{url}clips/1.mp4"
        status, headers, begin = get(f"{address}?from=0")
        assert (status, headers["X-Clip-State"]) == (200, "arriving")
        assert get(f"{address}?from={len(begin)}")[:1] == (204,)
        for part in parts[2:]:
            clips.send(part)
        clips.flush()
        wait_until(lambda: clips_of(url)[0]["state"] == "complete", "its end")
        _, headers, rest = get(f"{address}?from={len(begin)}")
        assert headers["X-Clip-State"] == "complete"
        assert len(play(begin + rest)[0]) == 40
        assert get(f"{address}?from=x")[0] == 400


def test_the_rules_of_access_hold_for_clips(mock_cluster: str, topic: str, parts: list[bytes]) -> None:
    """Password, Host and Origin are asked for before anything of a clip is told."""
    clips = Sender(mock_cluster, f"{topic}.clip")
    for part in parts:
        clips.send(part)
    clips.flush()
    with serving(feeds_of(mock_cluster, topic), Access(password=PASSWORD)) as url:
        known = basic(PASSWORD)
        wait_until(lambda: len(clips_of(url, Authorization=known)) == 1, "the clip")
        for path in ("api/clips", "clips/1.mp4", "clips/1.mp4?from=0", "clips/1.jpg", "clips.js"):
            assert get(url + path)[0] == 401
            assert get(url + path, Authorization=known, Origin="https://evil.example")[0] == 403
        assert get(f"{url}clips/1.mp4", Authorization=known)[0] == 200
    with serving(feeds_of(mock_cluster, topic)) as url:
        for path in ("api/clips", "clips/1.mp4", "clips/1.jpg"):
            assert get(url + path, Host_="evil.example")[0] == 421
