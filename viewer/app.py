"""Arguments in, an exit code out: builds reader, feed and one of window, page or counts, and stops them."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import logging
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ss_camera import settings
from ss_camera.clock import Clock, RealClock
from ss_camera.errors import SettingsError
from ss_camera.media import Family
from ss_camera.settings.model import LogSettings
from ss_camera.signals import stop_on_signals
from viewer.arguments import Arguments, parse
from viewer.cameras import Cameras
from viewer.count import count, report
from viewer.feed import Feed

if TYPE_CHECKING:
    from viewer.reader import ViewerReader

ROOT = Path(__file__).resolve().parent.parent
EXIT_OK, EXIT_FAILURE, EXIT_TRY_AGAIN, EXIT_SETTINGS = 0, 1, 75, 78

_FORMAT = "{asctime} {levelname:<7} {message}"
# these log a traceback for a broker that is away, an error for each message that is not ours, and at DEBUG
# passwords and the AES key; the feed says what matters in one line
_TALKATIVE = ("sinetstream", "kafka", "paho", "boto")
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


def _run(arguments: Arguments, clock: Clock, stop: threading.Event) -> int:
    make_reader, name = _subscription(arguments)
    make_reader()  # not opened: wrong settings end the program here, an absent broker is waited for
    feed = Feed(
        make_reader, Cameras(clock), clock, from_beginning=arguments.from_beginning, limit=arguments.count
    )
    try:
        if arguments.count is not None:
            return _count(arguments, feed, clock, stop)
        if arguments.web is not None:
            return _serve(arguments, feed, clock, arguments.title or name, stop)
        return _show(arguments, feed, clock, arguments.title or f"VideoViewer - {name}", stop)
    finally:
        feed.stop()


def _subscription(arguments: Arguments) -> tuple[Callable[[], ViewerReader], str]:
    """What makes a reader, and the name of what it reads. Raises `SettingsError`."""
    if arguments.service is not None:
        service = arguments.service
        _use_librdkafka("auto")
        from viewer import reader

        waits_ms = reader.patience()
        return lambda: reader.from_service(service, next(waits_ms)), service
    given = settings.load(settings.find_env_file(arguments.env_file, Path.cwd(), ROOT), need_broker=True)
    if given.publish.config_server is not None:
        raise SettingsError(
            ["SSCFG_NAME: the viewer does not ask SINETStream's config server; use -s or SS_*."]
        )
    _set_up_logging(given.log, verbose=arguments.verbose)
    settings.export(given)
    route = given.publish.routes[Family.STILL]
    _use_librdkafka(given.publish.kafka_client)
    from viewer import reader

    waits_ms = reader.patience()
    return lambda: reader.from_route(route, next(waits_ms)), route.topic


def _use_librdkafka(wanted: str) -> None:
    """Let SINETStream's type `kafka` mean the librdkafka plugin where it installs and is wanted."""
    if wanted == "kafka-python" or not importlib.util.find_spec("confluent_kafka"):
        return
    from sinetstreamplugin import rdkafka

    rdkafka.register("rdkafka", "kafka")


def _count(arguments: Arguments, feed: Feed, clock: Clock, stop: threading.Event) -> int:
    assert arguments.count is not None
    feed.start()
    whole = count(feed, arguments.count, arguments.timeout_s, clock, stop)
    status = feed.status
    feed.stop()
    _say(report(feed, as_json=arguments.json))
    if not whole:
        _logger.warning("%d of %d pictures came; %s", feed.cameras.received, arguments.count, status)
    return EXIT_OK if whole else EXIT_FAILURE


def _serve(arguments: Arguments, feed: Feed, clock: Clock, title: str, stop: threading.Event) -> int:
    try:
        from viewer.web.access import Access
        from viewer.web.server import WebViewer
    except ModuleNotFoundError as error:
        raise SettingsError([_not_installed(error.name or "aiohttp", "--web")]) from None
    assert arguments.web is not None
    web = WebViewer(feed, clock, title, Access(arguments.web_hosts, arguments.password))

    def ready(page: str) -> None:
        # a program that started this one reads JSON; a person reads an address
        plain = sys.stdout.isatty() and not arguments.json
        _say(f"viewer: {page}" if plain else json.dumps({"page": page}))
        if not arguments.web.is_loopback:  # type: ignore[union-attr]
            _logger.warning(
                "pictures and password travel unencrypted: put a TLS proxy in front, or use a private network"
            )

    feed.start()
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


def _show(arguments: Arguments, feed: Feed, clock: Clock, title: str, stop: threading.Event) -> int:
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


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - the program's output


def _set_up_logging(log: LogSettings, *, verbose: bool) -> None:
    level = logging.DEBUG if verbose else log.level
    logging.basicConfig(level=level, format=log.format or _FORMAT, style="{", force=True)

    def worth_saying(record: logging.LogRecord) -> bool:
        if record.name.startswith(_TALKATIVE) and not record.name.startswith(_OURS):
            return verbose and record.levelno > logging.DEBUG
        return True

    for handler in logging.getLogger().handlers:
        handler.addFilter(worth_saying)
