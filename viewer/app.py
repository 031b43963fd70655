"""Arguments in, an exit code out: builds reader, feed and one of window, page or counts, and stops them."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from ss_camera.clock import Clock, RealClock
from ss_camera.errors import SettingsError
from ss_camera.output import OutputEnded, say
from ss_camera.settings.model import LogSettings
from ss_camera.signals import stop_on_signals
from viewer import saved_clips
from viewer.archive import Archive
from viewer.arguments import Arguments, parse
from viewer.cameras import Cameras
from viewer.clips import MAX_LISTED, Clips
from viewer.collector import Collector
from viewer.count import count, report
from viewer.feeds import Feeds
from viewer.motions import Motions
from viewer.subscription import Subscription, of_service, of_settings

ROOT = Path(__file__).resolve().parent.parent
EXIT_OK, EXIT_FAILURE, EXIT_TRY_AGAIN, EXIT_SETTINGS = 0, 1, 75, 78

# these log a traceback for a broker that is away, an error for each message that is not ours, and at DEBUG
# passwords and the AES key; the feed says what matters in one line
_TALKATIVE = ("sinetstream", "kafka", "paho", "boto", "root")  # kafka-python tells of each login as root
_OURS = "sinetstreamplugin.rdkafka"
_logger = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the viewer; the exit code is 0, 1, 75 (try again) or 78 (settings)."""
    try:
        arguments = parse(argv)
        _set_up_logging(LogSettings(), verbose=arguments.verbose)
        return _run(arguments, RealClock(), stop_on_signals())
    except SettingsError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)  # noqa: T201 - for people, and possibly before logging is set up
        return EXIT_SETTINGS
    except OutputEnded as error:
        if str(error):
            _logger.error("%s", error)
        return EXIT_FAILURE


def _run(arguments: Arguments, clock: Clock, stop: threading.Event) -> int:
    subscription = _subscription(arguments)
    subscription.check()  # wrong settings end the program here, an absent broker is waited for
    feeds = Feeds(
        subscription.readers,
        Cameras(clock),
        clock,
        from_beginning=arguments.from_beginning,
        limit=arguments.count,
        sees_all=subscription.sees_all,
    )
    recordings = Recordings(arguments, feeds, clock)
    try:
        return _show(arguments, recordings, clock, subscription.name, stop)
    finally:
        feeds.stop()
        recordings.stop()


def _subscription(arguments: Arguments) -> Subscription:
    """What is read. Raises `SettingsError`."""
    if arguments.service is not None:
        return of_service(arguments, arguments.service)
    subscription, given = of_settings(arguments, ROOT)
    _set_up_logging(given.log, verbose=arguments.verbose)
    return subscription


class Recordings:
    """What is made of motion: where something moves, the clips, and all that is saved."""

    def __init__(self, arguments: Arguments, feeds: Feeds, clock: Clock) -> None:
        self.feeds = feeds
        archive = Archive(arguments.save) if arguments.save is not None else None
        self.motions = Motions(clock)
        self.clips = Clips(clock, archive, arguments.clip_bytes)
        self._collector = Collector(self.clips, clock, archive)
        if archive is not None:
            saved = (saved_clips.read(path) for path in archive.newest(MAX_LISTED))
            self.clips.list_saved([clip for clip in saved if clip is not None][::-1])
        if archive is not None or arguments.web is not None:
            feeds.hand_to(self.motions.take)
            feeds.hand_to(self._collector.take)
            self._collector.start()

    def stop(self) -> None:
        """Write what waits."""
        self._collector.stop()


def _show(
    arguments: Arguments, recordings: Recordings, clock: Clock, name: str, stop: threading.Event
) -> int:
    feeds = recordings.feeds
    if arguments.count is not None:
        return _count(arguments, feeds, clock, stop)
    if arguments.web is not None:
        return _serve(arguments, recordings, clock, arguments.title or name, stop)
    if arguments.save is None or arguments.window:
        return _show_window(feeds, clock, arguments.title or f"VideoViewer - {name}", stop)
    feeds.start()
    stop.wait()
    return EXIT_OK


def _count(arguments: Arguments, feed: Feeds, clock: Clock, stop: threading.Event) -> int:
    assert arguments.count is not None
    feed.start()
    whole = count(feed, arguments.count, arguments.timeout_s, clock, stop)
    status = feed.status
    if whole:
        feed.settle(stop)
    feed.stop()
    say(report(feed, as_json=arguments.json))
    if not whole:
        _logger.warning("%d of %d pictures came; %s", feed.cameras.received, arguments.count, status)
    return EXIT_OK if whole else EXIT_FAILURE


def _serve(
    arguments: Arguments, recordings: Recordings, clock: Clock, title: str, stop: threading.Event
) -> int:
    try:
        from viewer.web.access import Access
        from viewer.web.server import WebViewer
    except ModuleNotFoundError as error:
        raise SettingsError([_not_installed(error.name or "aiohttp", "--web")]) from None
    assert arguments.web is not None
    access = Access(arguments.web_hosts, arguments.password)
    web = WebViewer(recordings.feeds, clock, title, access, recordings.clips, recordings.motions)

    def ready(page: str) -> None:
        # a program that started this one reads JSON; a person reads an address
        plain = sys.stdout.isatty() and not arguments.json
        say(f"viewer: {page}" if plain else json.dumps({"page": page}))
        if not arguments.web.is_loopback:  # type: ignore[union-attr]
            _logger.warning(
                "pictures and password travel unencrypted: put a TLS proxy in front, or use a private network"
            )

    recordings.feeds.start()
    try:
        asyncio.run(web.serve(arguments.web, ready, stop))
    except OSError as error:
        why = error.strerror or str(error)
        text = (
            "--web %s:%d cannot be listened on: %s; stop what uses it, or take another port (0: a free one)"
        )
        _logger.error(text, arguments.web.host, arguments.web.port, why)
        return EXIT_TRY_AGAIN
    return EXIT_OK


def _show_window(feed: Feeds, clock: Clock, title: str, stop: threading.Event) -> int:
    try:
        from viewer.window import Window, check_display
    except ModuleNotFoundError as error:
        raise SettingsError([_not_installed(error.name or "cv2", "the window")]) from None
    check_display()
    feed.start()
    Window(title, feed.cameras, clock).run(stop)
    return EXIT_OK


def _not_installed(module: str, what: str) -> str:
    package = "opencv-python" if module == "cv2" else module
    other = "" if what == "--web" else ", or use --web for a page in the browser"
    return (
        f"{what} needs {package}, which is not installed; run pip install -r viewer/requirements.txt{other}."
    )


def _set_up_logging(log: LogSettings, *, verbose: bool) -> None:
    level = logging.DEBUG if verbose else log.level
    logging.basicConfig(level=level, format=log.format, style="{", force=True)

    def worth_saying(record: logging.LogRecord) -> bool:
        if record.name.startswith(_OURS):  # each of three readers says that it reads: so does the feed, once
            return verbose or record.levelno >= logging.WARNING
        if record.name.startswith(_TALKATIVE):
            return verbose and record.levelno > logging.DEBUG
        return True

    for handler in logging.getLogger().handlers:
        handler.addFilter(worth_saying)
