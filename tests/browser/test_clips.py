"""Clips on the page in Debian's Chromium: listed, played whole and as they come, on a desk and on a phone."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest

from ss_camera.settings.model import ClipSettings
from tests.browser.waiting import wait_for
from tests.clips.real_video import encode
from tests.kafka_topics import new_name
from tests.pictures import jpeg
from tests.viewer.sender import Camera, Sender
from tests.viewer.serving import feeds_of, serving

if TYPE_CHECKING:  # may be missing, and then only these tests are skipped
    from playwright.sync_api import Page

_PLAYS = "at => document.querySelector('#video').currentTime > at"
_AT = "() => document.querySelector('#video').currentTime"
_LEFT = "() => !document.querySelector('#player').open && !document.querySelector('#video').src"
_SIZE = "() => { const v = document.querySelector('#video'); return [v.videoWidth, v.videoHeight]; }"


@pytest.fixture
def topic() -> str:
    return new_name("clips")


class Gate:
    """One camera and its three topics."""

    def __init__(self, broker: str, topic: str, name: str = "gate") -> None:
        self.camera = Camera(name)
        self.stills = Sender(broker, topic)
        self.clips = Sender(broker, f"{topic}.clip")
        self.events = Sender(broker, f"{topic}.event")

    def send(self, *parts: bytes) -> None:
        """Parts of clips."""
        for part in parts:
            self.clips.send(part)
        self.clips.flush()

    def tell(self, kind: str, **fields: object) -> None:
        """An event."""
        self.events.send(self.camera.event(kind, **fields))
        self.events.flush()

    def show(self) -> None:
        """A picture."""
        self.stills.send(self.camera.payload(data=jpeg(640, 360)))
        self.stills.flush()


@pytest.fixture
def gate(mock_cluster: str, topic: str) -> Gate:
    return Gate(mock_cluster, topic)


def in_state(page: Page, state: str, count: int = 1) -> None:
    wait_for(
        page,
        "([state, count]) => document.querySelectorAll(`.clip[data-state=${state}]`).length === count",
        [state, count],
    )


def test_a_clip_is_listed_and_plays(page: Page, mock_cluster: str, topic: str, gate: Gate) -> None:
    """With camera, length, size and the picture of its event; it plays to its end, and seeks."""
    gate.tell("motion-start", thumbnail=base64.b64encode(jpeg(320, 240)).decode())
    gate.send(*gate.camera.clip(encode(100, gop=10), 50))
    with serving(feeds_of(mock_cluster, topic)) as url:
        page.goto(url)
        in_state(page, "complete")
        assert page.locator(".clip-name").inner_text() == "gate"
        assert page.locator(".length").inner_text() == "0:02"
        assert page.locator(".clip-size").inner_text().endswith("kB")
        wait_for(page, "() => document.querySelector('.thumb').naturalWidth === 320")
        page.get_by_role("button", name="Play the clip of gate").click()
        wait_for(page, _PLAYS, 0.3)
        assert page.evaluate(_SIZE) == [320, 240]
        page.evaluate("() => { document.querySelector('#video').currentTime = 1.5; }")
        wait_for(page, "() => document.querySelector('#video').ended")
        assert page.evaluate(_AT) == pytest.approx(2, abs=0.1)
        page.keyboard.press("Escape")
        wait_for(
            page, "() => !document.querySelector('#player').open && !document.querySelector('#video').src"
        )


def test_a_clip_plays_while_it_comes(page: Page, mock_cluster: str, topic: str, gate: Gate) -> None:
    """Its beginning is shown before its end is sent; then the rest, without a click."""
    parts = gate.camera.clip(encode(200, gop=10), 100, ClipSettings(preroll_s=3, postroll_s=2))
    early = len(parts) // 2
    gate.send(*parts[:early])
    with serving(feeds_of(mock_cluster, topic)) as url:
        page.goto(url)
        in_state(page, "arriving")
        assert page.locator(".clip-state").inner_text() == "recording"
        page.locator(".shot").click()
        wait_for(page, _PLAYS, 0.5)
        assert page.evaluate(_SIZE) == [320, 240]
        assert page.evaluate("() => document.querySelector('#video').src.startsWith('blob:')")
        gate.send(*parts[early:])
        in_state(page, "complete")
        wait_for(page, "() => document.querySelector('#video').ended")
        assert page.evaluate(_AT) == pytest.approx(5, abs=0.2)


def test_older_and_newer_clips_are_a_click_away(
    page: Page, mock_cluster: str, topic: str, gate: Gate
) -> None:
    """The list has the newest first, and so has the player; at its ends the buttons are off."""
    for trigger in (30, 60):
        gate.send(*gate.camera.clip(encode(140, gop=10), trigger))
    with serving(feeds_of(mock_cluster, topic)) as url:
        page.goto(url)
        in_state(page, "complete", 2)
        page.locator(".shot").first.click()
        wait_for(page, _PLAYS, 0.1)
        assert page.locator("#player-newer").is_disabled()
        newest = page.evaluate("() => document.querySelector('#video').src")
        page.locator("#player-older").click()
        wait_for(page, "src => document.querySelector('#video').src !== src", newest)
        wait_for(page, _PLAYS, 0.1)
        assert page.locator("#player-older").is_disabled()


def test_a_motion_of_now_is_marked_at_its_camera(
    page: Page, mock_cluster: str, topic: str, gate: Gate
) -> None:
    """From its start to its end, and at no other camera."""
    gate.show()
    other = Gate(mock_cluster, topic, "yard")
    other.show()
    with serving(feeds_of(mock_cluster, topic)) as url:
        page.goto(url)
        wait_for(page, "() => document.querySelectorAll('canvas[data-seq]').length === 2")
        assert page.locator(".in-motion").count() == 0
        gate.tell("motion-start", score=30)
        wait_for(page, "() => document.querySelector('.in-motion .name')?.textContent === 'gate'")
        assert page.locator(".moving:visible").inner_text().startswith("motion")
        assert page.locator(".in-motion").count() == 1
        gate.tell("motion-end", clips=[])
        wait_for(page, "() => !document.querySelector('.in-motion')")


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "__proto__"])
def test_a_hostile_name_of_a_clip_is_text(page: Page, mock_cluster: str, topic: str, name: str) -> None:
    """In the list, in the player and where motion is marked."""
    hostile = Gate(mock_cluster, topic, name)
    hostile.show()
    hostile.send(*hostile.camera.clip(encode(60)))
    with serving(feeds_of(mock_cluster, topic)) as url:
        page.goto(url)
        in_state(page, "complete")
        hostile.tell("motion-start", score=1)  # now: one of some seconds ago is over
        wait_for(page, "() => document.querySelector('.in-motion')")
        page.locator(".shot").click()
        wait_for(page, "name => document.querySelector('#player-name').textContent === name", name)
        assert page.locator(".clip-name").inner_text() == name
        assert page.locator(".clip-name *").count() == 0


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (844, 390), (1280, 800), (2560, 1440)])
def test_clips_and_player_fit_every_window(
    page: Page, mock_cluster: str, topic: str, gate: Gate, width: int, height: int
) -> None:
    """Nothing sticks out to the side; of the player video and buttons are seen without scrolling."""
    gate.show()
    for _ in range(3):
        gate.send(*gate.camera.clip(encode(60)))
    long = Gate(mock_cluster, topic, "a camera with a rather long name that goes on and on and on")
    long.send(*long.camera.clip(encode(60))[:-1])
    page.set_viewport_size({"width": width, "height": height})
    with serving(feeds_of(mock_cluster, topic)) as url:
        page.goto(url)
        in_state(page, "complete", 3)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        page.locator(".clip[data-state=complete] .shot").first.click()
        wait_for(page, "() => document.querySelector('#video').videoWidth === 320")
        for part in ("#player", "#video", "#player-save", "#player-close"):
            box = page.locator(part).bounding_box()
            assert box is not None
            assert box["x"] >= 0
            assert box["y"] >= 0
            assert box["x"] + box["width"] <= width
            assert box["y"] + box["height"] <= height
