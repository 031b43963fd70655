"""The web page in Debian's Chromium, headless: what a person sees, and what a stranger cannot do to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from scripts.free_port import free_port
from tests.browser.waiting import wait_for
from tests.kafka_topics import new_name
from tests.pictures import jpeg
from tests.viewer.sender import Camera, Sender
from tests.viewer.serving import feed_of, serving, silent_feed

if TYPE_CHECKING:  # may be missing, and then only these tests are skipped
    from playwright.sync_api import Page

_PIXELS = "canvas => Array.from(canvas.getContext('2d').getImageData(5, 5, 1, 1).data)"
_FACTS_THAT_STICK_OUT = """() => [...document.querySelectorAll('.facts')].filter((facts) => {
  const long = {rate: 'every 12 min', size: '3840\u00d72160', age: '12 min', missing: '1,234'};
  for (const [name, value] of Object.entries(long)) facts.querySelector('.' + name).textContent = value;
  facts.querySelector('.missing').classList.add('alert');
  return facts.scrollWidth > facts.clientWidth;
}).length"""


@pytest.fixture
def topic() -> str:
    return new_name("page")


@pytest.fixture
def sender(mock_cluster: str, topic: str) -> Sender:
    return Sender(mock_cluster, topic)


def shown_seq(page: Page, camera: int, seq: int) -> None:
    """Until the `camera`th tile shows the picture of number `seq`."""
    wait_for(
        page,
        "([camera, seq]) => document.querySelectorAll('canvas')[camera]?.dataset.seq === seq",
        [camera, str(seq)],
    )


def text(page: Page, selector: str) -> str:
    return page.locator(selector).first.inner_text()


def test_the_picture_moves_and_is_counted(page: Page, mock_cluster: str, topic: str, sender: Sender) -> None:
    """Each picture is drawn as it comes; size, rate, age and counts stand beside it."""
    camera = Camera("gate")
    with serving(feed_of(mock_cluster, topic), title="North field") as url:
        page.goto(url)
        colours: list[Any] = []
        for seq, shade in enumerate((10, 120, 240)):
            sender.send(camera.payload(data=jpeg(shade=shade)))
            sender.flush()
            shown_seq(page, 0, seq)
            colours.append(page.locator("canvas").evaluate(_PIXELS))
        shades = [colour[0] for colour in colours]
        assert shades == pytest.approx([10, 120, 240], abs=8)
        wait_for(page, "() => document.querySelector('#totals').textContent === '1 camera · 3 pictures'")
        assert (text(page, ".name"), text(page, ".size"), text(page, ".missing")) == (
            "gate",
            "64\u00d748",
            "0",
        )
        assert text(page, "h1") == "North field"
        assert text(page, "#connection").strip() == "Connected"
        assert text(page, ".age").endswith(" s")
        assert text(page, ".badge").strip() == "live"


def test_missing_and_repeated_are_shown(page: Page, mock_cluster: str, topic: str, sender: Sender) -> None:
    """Two pictures lost on the way, one sent twice."""
    camera = Camera("gate")
    payloads = [camera.payload() for _ in range(5)]
    for index in (0, 3, 4, 4):
        sender.send(payloads[index])
    sender.flush()
    with serving(feed_of(mock_cluster, topic)) as url:
        page.goto(url)
        wait_for(page, "() => document.querySelector('.missing')?.textContent === '2'")
        wait_for(page, "() => document.querySelector('.repeated')?.textContent === '1'")


def test_two_cameras_are_two_tiles(page: Page, mock_cluster: str, topic: str, sender: Sender) -> None:
    """Each with its own picture, sorted by name as people sort."""
    for name, shade in (("camera 10", 200), ("camera 9", 20)):
        sender.send(Camera(name).payload(data=jpeg(shade=shade)))
    sender.flush()
    with serving(feed_of(mock_cluster, topic)) as url:
        page.goto(url)
        wait_for(
            page,
            "() => [...document.querySelectorAll('canvas')].filter(c => c.dataset.seq === '0').length === 2",
        )
        assert page.locator(".name").all_inner_texts() == ["camera 9", "camera 10"]
        shades = [canvas.evaluate(_PIXELS)[0] for canvas in page.locator("canvas").all()]
        assert shades[0] < 40 < 180 < shades[1]


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "__proto__",
        "constructor",
        "\u202egpj.\x1b[2J",
    ],
)
def test_a_hostile_name_is_text(page: Page, mock_cluster: str, topic: str, sender: Sender, name: str) -> None:
    """It is read, not run: no element, no dialog, no broken page."""
    sender.send(Camera(name).payload())
    sender.send(Camera("good").payload())
    sender.flush()
    with serving(feed_of(mock_cluster, topic)) as url:
        page.goto(url)
        wait_for(page, "() => document.querySelectorAll('.camera').length === 2")
        names = page.locator(".name").all_inner_texts()
        assert "good" in names
        assert name in names or "\\u{202e}gpj.\\u{1b}[2J" in names
        assert page.locator(".name *").count() == 0


def test_a_picture_that_does_not_decode_leaves_the_last_good_one(
    page: Page, mock_cluster: str, topic: str, sender: Sender
) -> None:
    """Good header, rubbish behind it: the tile keeps its picture, and the next good one is shown."""
    camera = Camera("gate")
    good, bad, better = camera.payload(), camera.payload(), camera.payload()
    scan = bad.rindex(b"\xff\xda")
    with serving(feed_of(mock_cluster, topic)) as url:
        page.goto(url)
        sender.send(good)
        sender.flush()
        shown_seq(page, 0, 0)
        sender.send(bad[: scan + 2] + b"\x00\x01" + bytes(40) + b"\xff\xd9")
        sender.flush()
        sender.send(better)
        sender.flush()
        shown_seq(page, 0, 2)


def test_a_burst_ends_with_the_newest_picture(
    page: Page, mock_cluster: str, topic: str, sender: Sender
) -> None:
    """300 pictures at once: the page shows the last of them, and all were received."""
    camera = Camera("gate")
    with serving(feed_of(mock_cluster, topic)) as url:
        page.goto(url)
        for _ in range(300):
            sender.send(camera.payload())
        sender.flush()
        shown_seq(page, 0, 299)
        wait_for(
            page, "() => document.querySelector('#totals').textContent.startsWith('1 camera · 300 pictures')"
        )


def test_the_page_comes_back_after_the_server(
    page: Page, mock_cluster: str, topic: str, sender: Sender
) -> None:
    """While the viewer is away the page says so and marks its pictures; then it goes on by itself."""
    port, camera = free_port(), Camera("gate")
    sender.send(camera.payload())
    sender.flush()
    with serving(feed_of(mock_cluster, topic), port=port) as url:
        page.goto(url)
        shown_seq(page, 0, 0)
    wait_for(page, "() => document.querySelector('#connection').dataset.state === 'lost'")
    assert text(page, ".badge").strip() == "stale"
    sender.send(camera.payload())
    sender.flush()
    with serving(feed_of(mock_cluster, topic), port=port):
        shown_seq(page, 0, 1)
        wait_for(page, "() => document.querySelector('#connection').dataset.state === 'live'")
        wait_for(page, "() => document.querySelector('.badge').textContent.trim() === 'live'")


def test_a_broker_that_is_away_is_said(page: Page) -> None:
    """An empty page says what it waits for."""
    with serving(silent_feed()) as url:
        page.goto(url)
        wait_for(
            page, "() => document.querySelector('#connection').innerText.includes('Waiting for the broker')"
        )
        wait_for(
            page,
            "() => document.querySelector('#empty').innerText.includes('there is no broker in this test')",
        )


def test_a_picture_fills_the_screen_by_click_and_by_key(
    page: Page, mock_cluster: str, topic: str, sender: Sender
) -> None:
    """Click or Enter, and Escape back; the button says what it does."""
    sender.send(Camera("gate").payload())
    sender.flush()
    with serving(feed_of(mock_cluster, topic)) as url:
        page.goto(url)
        shown_seq(page, 0, 0)
        picture = page.get_by_role("button", name="Camera gate")
        picture.click()
        wait_for(page, "() => document.querySelector('.picture.whole')?.offsetWidth === innerWidth")
        wait_for(page, "() => document.querySelector('canvas').offsetHeight === innerHeight")
        page.keyboard.press("Escape")
        wait_for(page, "() => !document.querySelector('.picture.whole')")
        picture.focus()
        page.keyboard.press("Enter")
        wait_for(page, "() => document.querySelector('.picture.whole')")


@pytest.mark.parametrize(("width", "height"), [(320, 568), (390, 844), (1280, 800), (2560, 1440)])
@pytest.mark.parametrize("cameras", [1, 2, 7])
def test_the_page_fits_every_window(
    page: Page, mock_cluster: str, topic: str, sender: Sender, width: int, height: int, cameras: int
) -> None:
    """From a phone to a wall: nothing sticks out to the side; one camera needs no scrolling on a desk."""
    for index in range(cameras):
        sender.send(Camera(f"camera with a rather long name {index}").payload(data=jpeg(1280, 720)))
    sender.flush()
    page.set_viewport_size({"width": width, "height": height})
    with serving(feed_of(mock_cluster, topic)) as url:
        page.goto(url)
        wait_for(page, "count => document.querySelectorAll('canvas[data-seq]').length === count", cameras)
        wide, high = page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
        )
        assert wide <= width
        if cameras == 1:
            assert high <= height


@pytest.mark.parametrize("width", [320, 375, 414, 460, 820, 1280])
def test_the_facts_of_a_camera_stay_in_its_card(
    page: Page, mock_cluster: str, topic: str, sender: Sender, width: int
) -> None:
    """Also the longest of them: a large picture every 12 seconds with many missing."""
    for index in range(2):
        sender.send(Camera(f"camera {index}").payload(data=jpeg(1280, 720)))
    sender.flush()
    page.set_viewport_size({"width": width, "height": 800})
    with serving(feed_of(mock_cluster, topic)) as url:
        page.goto(url)
        wait_for(page, "() => document.querySelectorAll('canvas[data-seq]').length === 2")
        assert page.evaluate(_FACTS_THAT_STICK_OUT) == 0
