"""The command line in, one frozen `Arguments` out, checked."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ss_camera import __version__
from ss_camera.errors import SettingsError
from ss_camera.media import Family
from viewer.web import address
from viewer.web.address import Address

MIN_PASSWORD = 8
"""Characters of a password that guards cameras on a network."""
MAX_COUNT = 10_000_000
MIB = 1024 * 1024
DEFAULT_CLIP_MIB = 128
"""Memory for clips that are not saved: one of two minutes at 5 Mbit/s, and more."""
_DEFAULT_WEB = "127.0.0.1:8080"


@dataclass(frozen=True)
class Arguments:
    """What is asked for: a window, unless `web`, `count` or `save` is given; `window` beside `save`."""

    service: str | None
    title: str | None
    env_file: str | None
    web: Address | None
    web_hosts: tuple[str, ...]
    password: str | None
    count: int | None
    timeout_s: float | None
    json: bool
    from_beginning: bool
    verbose: bool
    stills_only: bool = False
    clip_topic: str | None = None
    event_topic: str | None = None
    clip_bytes: int = DEFAULT_CLIP_MIB * MIB
    save: Path | None = None
    window: bool = False

    @property
    def reads_all(self) -> bool:
        """Whether clips and events are read too; the window alone has no use for them."""
        return not self.stills_only and (self.web or self.count or self.save) is not None

    def topic_of(self, family: Family) -> str | None:
        """The topic that was named for clips or events."""
        return {Family.CLIP: self.clip_topic, Family.EVENT: self.event_topic}.get(family)


def parse(argv: Sequence[str] | None) -> Arguments:
    """Arguments from `argv`. Raises `SettingsError`; exits by itself for --help and --version."""
    given = _parser().parse_args(argv)
    web = address.parse(given.web) if given.web is not None else None
    if web is None and (given.web_password_file or given.web_host):
        raise SettingsError(["--web-password-file and --web-host belong to --web; add it."])
    if web is not None and given.count is not None:
        raise SettingsError(["--web and --count exclude each other; run two viewers."])
    if given.count is None and given.timeout is not None:
        raise SettingsError(["--timeout belongs to --count; add it, or leave both out."])
    if given.service is not None and given.env_file is not None:
        raise SettingsError(
            ["-s reads .sinetstream_config.yml and --env-file SS_* settings; give one of the two."]
        )
    _check_families(given)
    password = _password(Path(given.web_password_file)) if given.web_password_file else None
    if web is not None and not web.is_loopback and password is None:
        raise SettingsError(
            [
                f"--web {given.web} is reached from the network and would show the cameras to all of it; "
                "add --web-password-file FILE, or keep to 127.0.0.1."
            ]
        )
    return Arguments(
        service=given.service,
        title=given.title,
        env_file=given.env_file,
        web=web,
        web_hosts=tuple(given.web_host),
        password=password,
        count=given.count,
        timeout_s=given.timeout,
        json=given.json,
        from_beginning=given.from_beginning,
        verbose=given.verbose,
        stills_only=given.stills_only,
        clip_topic=given.clip_topic,
        event_topic=given.event_topic,
        clip_bytes=given.clip_memory * MIB,
        save=Path(given.save) if given.save is not None else None,
        window=given.window,
    )


def _check_families(given: argparse.Namespace) -> None:
    if given.stills_only and (given.clip_topic or given.event_topic):
        raise SettingsError(["--stills-only leaves clips and events out; drop it, or the topics."])
    if given.window and (given.web is not None or given.count is not None):
        raise SettingsError(["--window excludes --web and --count; run two viewers."])
    if given.save == "":
        raise SettingsError(["--save needs the path of a folder."])


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]  # ends like the other wrong settings
        raise SettingsError([f"{message}; see VideoViewer.py --help."])


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="VideoViewer.py",
        description="Shows what cameras publish through SINETStream: a window, a web page, or counts.",
        epilog="Without -s it takes the SS_* settings of the environment and .env, as ss-camera.py does. "
        "Exit codes: 0 done, 1 failure, 75 try again, 78 wrong settings.",
    )
    add = parser.add_argument
    add("-s", "--service", metavar="SERVICE", help="service in .sinetstream_config.yml")
    add("-T", "--title", help="title of the window or page (default: what is read)")
    add("--env-file", metavar="PATH", help="settings file (default: ./.env, else beside ss-camera.py)")
    add("--from-beginning", action="store_true", help="begin with the oldest message that the broker keeps")
    add("--version", action="version", version=f"ss-camera viewer {__version__}")
    add("-v", "--verbose", action="store_true", help="say more on the standard error")
    add("--stills-only", action="store_true", help="read the topic of stills, and none of clips and events")
    add(
        "--clip-topic",
        metavar="TOPIC",
        help="topic of clips (default: CLIP_SS_TOPIC, else that of stills and .clip)",
    )
    add(
        "--event-topic",
        metavar="TOPIC",
        help="topic of events (default: EVENT_SS_TOPIC, else ... and .event)",
    )
    _add_saving(parser)
    _add_page(parser)
    _add_counts(parser)
    return parser


def _add_saving(parser: argparse.ArgumentParser) -> None:
    save = parser.add_argument_group("saving").add_argument
    save("--save", metavar="DIR", help="write stills, clips and events to files in DIR")
    save("--window", action="store_true", help="show the window as well; --save alone shows nothing")


def _add_page(parser: argparse.ArgumentParser) -> None:
    web = parser.add_argument_group("web page").add_argument
    web(
        "--web",
        nargs="?",
        const=_DEFAULT_WEB,
        metavar="HOST:PORT",
        help=f"serve a page (default: {_DEFAULT_WEB})",
    )
    web("--web-password-file", metavar="FILE", help="ask for the password in FILE; any user name will do")
    web(
        "--web-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a further name the page is reached by",
    )
    web(
        "--clip-memory",
        type=_mebibytes,
        default=DEFAULT_CLIP_MIB,
        metavar="MIB",
        help=f"memory for clips that are not saved, in MiB (default: {DEFAULT_CLIP_MIB})",
    )


def _add_counts(parser: argparse.ArgumentParser) -> None:
    count = parser.add_argument_group("counts").add_argument
    count("--count", type=_count, metavar="N", help="read N pictures, print counts, end")
    count("--timeout", type=_seconds, metavar="SECONDS", help="end --count after this time, with exit code 1")
    count("--json", action="store_true", help="print JSON")


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:12]) <= MAX_COUNT):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of pictures from 1 to {MAX_COUNT}")
    return int(text)


def _mebibytes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 65_536):
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no number of MiB from 1 to 65536")
    return int(text)


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 < seconds <= 86_400:
        raise argparse.ArgumentTypeError(f"{text[:40]!r} is no time from 0 to 86400 seconds")
    return seconds


def _password(path: Path) -> str:
    try:
        password = path.read_text("utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise SettingsError([f"--web-password-file {path} cannot be read: {why}."]) from None
    if len(password) < MIN_PASSWORD or "\n" in password:
        raise SettingsError(
            [f"--web-password-file {path} must hold one line of {MIN_PASSWORD} characters or more."]
        )
    return password
