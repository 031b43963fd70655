"""A feed in, its web page on loopback out, served on a thread for the length of a block."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable, Iterator
from functools import partial

from ss_camera.clock import RealClock
from ss_camera.errors import SettingsError
from ss_camera.media import Family
from ss_camera.settings.model import Route
from viewer import reader
from viewer.cameras import Cameras
from viewer.clips import Clips
from viewer.collector import Collector
from viewer.feed import Feed
from viewer.feeds import Feeds
from viewer.motions import Motions
from viewer.web.access import Access
from viewer.web.address import Address
from viewer.web.server import WebViewer

STARTED_S = 20.0


def feed_of(broker: str, topic: str) -> Feed:
    """A feed of one topic from its beginning, not started."""
    clock = RealClock()
    route = Route("kafka", topic, "AT_LEAST_ONCE", {"brokers": broker}, {})
    return Feed(lambda: reader.from_route(route), Cameras(clock), clock, from_beginning=True)


def feeds_of(broker: str, topic: str, *, from_beginning: bool = True) -> Feeds:
    """Feeds of all families of a topic, not started."""
    clock = RealClock()
    readers = {}
    for family, suffix in ((Family.STILL, ""), (Family.CLIP, ".clip"), (Family.EVENT, ".event")):
        route = Route("kafka", topic + suffix, "AT_LEAST_ONCE", {"brokers": broker}, {})
        readers[family] = partial(reader.from_route, route, may_lack=bool(suffix))
    return Feeds(readers, Cameras(clock), clock, from_beginning=from_beginning)


def silent_feed() -> Feed:
    """A feed that never finds its broker, for tests that need no picture."""
    return Feed(_no_broker, Cameras(RealClock()), RealClock())


def _no_broker() -> reader.ViewerReader:
    raise SettingsError(["there is no broker in this test"])


@contextlib.contextmanager
def serving(
    feed: Feed | Feeds, access: Access | None = None, *, port: int = 0, title: str = "test"
) -> Iterator[str]:
    """Start `feed` and its page, with clips in memory; yields the page's address; stops both."""
    page: list[str] = []
    started, stop = threading.Event(), threading.Event()

    def ready(url: str) -> None:
        page.append(url)
        started.set()

    clock = RealClock()
    clips, motions = Clips(clock), Motions(clock)
    collector = Collector(clips, clock)
    feed.hand_to(motions.take)
    feed.hand_to(collector.take)
    web = WebViewer(feed, clock, title, access or Access(), clips, motions)
    collector.start()
    feed.start()
    with _server_thread(lambda: asyncio.run(web.serve(Address("127.0.0.1", port), ready, stop)), stop):
        assert started.wait(STARTED_S), "the page did not start"
        yield page[0]
    feed.stop()
    collector.stop()


@contextlib.contextmanager
def _server_thread(serve: Callable[[], None], stop: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(STARTED_S)
        assert not thread.is_alive(), "the page did not stop"
