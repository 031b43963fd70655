"""The command line in, an exit code out: `run` (the default), `check`, `motion`, `demo`, `broker`.

Modules are imported by the command that needs them: `--help` and `check` start at once.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from ss_camera import __version__
from ss_camera.errors import SettingsError
from ss_camera.output import OutputEnded, say
from ss_camera.settings import describe, export, find_env_file, load
from ss_camera.settings.model import CameraSettings, LogSettings, Settings
from ss_camera.signals import hold_back, stop_on_signals

ROOT = Path(__file__).resolve().parent.parent
_EXIT_FAILURE, _EXIT_SETTINGS = 1, 78


def main(argv: list[str] | None = None) -> int:
    """Run the command that `argv` names; the exit code is 0, 1, 75 (try again) or 78 (settings)."""
    arguments = _parser().parse_args(argv)
    try:
        command: Callable[[argparse.Namespace], int] = arguments.command
        return command(arguments)
    except SettingsError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)  # noqa: T201 - logging is not set up without settings
        return _EXIT_SETTINGS
    except KeyboardInterrupt:
        return _EXIT_FAILURE
    except OutputEnded as error:
        if str(error):
            print(f"ss-camera: {error}", file=sys.stderr)  # noqa: T201
        return _EXIT_FAILURE


class _Parser(argparse.ArgumentParser):
    """A wrong argument is a setting that only a person can mend: 78, which the unit file does not restart."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(_EXIT_SETTINGS, f"ss-camera: {message}; ss-camera.py --help lists what there is\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="ss-camera.py",
        description="Captures a camera's stills, and clips of what moves, and publishes them to a broker "
        "through SINETStream.",
        epilog="Settings are environment variables: docs/reference/settings.md. "
        "Exit codes: 0 done, 1 failure, 75 try again, 78 wrong settings.",
    )
    parser.add_argument("--version", action="version", version=f"ss-camera {__version__}")
    env_file = _Parser(add_help=False)  # before or behind the command
    for each, default in ((parser, None), (env_file, argparse.SUPPRESS)):
        each.add_argument(
            "--env-file",
            metavar="PATH",
            default=default,
            help="settings file (default: ./.env, else beside the script)",
        )
    parser.set_defaults(command=_run)
    _add_commands(parser, env_file)
    return parser


def _add_commands(parser: argparse.ArgumentParser, env_file: argparse.ArgumentParser) -> None:
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    run = commands.add_parser("run", parents=[env_file], help="capture and publish (the default)")
    run.set_defaults(command=_run)
    check = commands.add_parser("check", parents=[env_file], help="check the settings and print them")
    check.set_defaults(command=_check)
    motion = commands.add_parser(
        "motion",
        parents=[env_file],
        help="show what the motion settings find in a video file",
        description="Runs the motion detector with the effective MOTION_* settings over a video file and "
        "prints a score line for each second, and each event. It needs no broker and no camera.",
        epilog="How to read it: docs/guide/motion.md.",
    )
    _add_replay(motion)
    demo = commands.add_parser(
        "demo", help="a drawn camera, a broker in memory and the web viewer on this machine"
    )
    demo.add_argument("--seconds", type=_seconds, metavar="N", help="stop after N seconds (default: Ctrl-C)")
    demo.set_defaults(command=_demo)
    broker = commands.add_parser("broker", help="a Kafka broker in memory, for trying things out")
    broker.add_argument(
        "--seconds", type=_seconds, metavar="N", help="stop after N seconds (default: Ctrl-C)"
    )
    broker.set_defaults(command=_broker)


def _add_replay(motion: argparse.ArgumentParser) -> None:
    motion.add_argument("--replay", type=Path, metavar="FILE", required=True, help="the video file")
    motion.add_argument("--json", action="store_true", help="end with one line of JSON for programs")
    motion.add_argument(
        "--plot", type=Path, metavar="OUT.png", help="draw score, sensitivity and events over time"
    )
    motion.add_argument(
        "--vectors", action="store_true", help="judge by the motion vectors in an H.264 file, not by luma"
    )
    motion.set_defaults(command=_motion)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds < 1e9:
        raise argparse.ArgumentTypeError(f"{text} is no time; expected seconds above 0")
    return seconds


def _load(arguments: argparse.Namespace) -> Settings:
    settings = load(find_env_file(arguments.env_file, Path.cwd(), ROOT))
    export(settings)  # before the first line, which has its time by the zone in `.env`
    set_up_logging(settings.log)
    for warning in settings.warnings:
        logging.getLogger(__name__).warning("%s", warning)
    return settings


def set_up_logging(log: LogSettings) -> None:
    """Log to the standard error at the level and in the form that the settings ask for."""
    logging.basicConfig(level=log.level, format=log.format, style="{", force=True)
    for handler in logging.getLogger().handlers:
        handler.setLevel(log.level)  # SINETStream's plugin for S3 sets its own logger to DEBUG


def _run(arguments: argparse.Namespace) -> int:
    hold_back(signal.SIGUSR1)  # one that comes too early must not end the program
    settings = _load(arguments)
    from ss_camera.app import App
    from ss_camera.clock import RealClock
    from ss_camera.sinks import open_sink

    stop = stop_on_signals()
    clock = RealClock()
    app = App(settings, lambda family: open_sink(settings, clock, family), clock)
    app.start()
    app.record_on(signal.SIGUSR1)
    app.wait(stop)
    return app.stop()


def _check(arguments: argparse.Namespace) -> int:
    settings = load(find_env_file(arguments.env_file, Path.cwd(), ROOT))
    warnings = [*settings.warnings, *_not_done(settings.camera)]
    if problem := _unusable_library(settings.camera):
        warnings.append(problem)
    say("\n".join((*describe(settings), *(f"warning: {warning}" for warning in warnings))))
    return 0


def _unusable_library(camera: CameraSettings) -> str | None:
    """Why the camera library that is to be used cannot be, as a sentence."""
    if camera.kind == "picamera":
        from ss_camera.sources import legacy_errors

        return legacy_errors.why_unusable()
    if camera.kind == "picamera2" or (camera.kind == "auto" and camera.url is None):
        from ss_camera.sources import libcamera_library

        return libcamera_library.why_unusable(needed=camera.kind == "picamera2")
    return None


def _not_done(camera: CameraSettings) -> tuple[str, ...]:
    """What will be said of properties that the camera cannot do, where no camera has to be asked for it."""
    from ss_camera.properties.legacy import legacy_plan
    from ss_camera.properties.software import software_plan
    from ss_camera.sources import legacy_errors
    from ss_camera.sources.urls import kind_of

    kind = kind_of(camera.url) if camera.kind == "auto" and camera.url is not None else camera.kind
    if kind == "picamera":
        return legacy_plan(camera, legacy_errors.installed() or legacy_errors.LIBRARIES[0]).warnings
    if kind in ("auto", "picamera2"):
        return ()
    return software_plan(replace(camera, kind=kind)).warnings


def _motion(arguments: argparse.Namespace) -> int:
    env_file = find_env_file(arguments.env_file, Path.cwd(), ROOT)
    settings = load(env_file, need_broker=False, overrides={"MOTION": "on"})
    set_up_logging(settings.log)
    assert settings.motion is not None
    assert settings.clips is not None
    try:
        from ss_camera import replay

        replay.run(
            arguments.replay,
            settings.motion,
            settings.clips.postroll_s,
            vectors=arguments.vectors,
            as_json=arguments.json,
            plot=arguments.plot,
        )
    except ModuleNotFoundError as error:  # PyAV, or Pillow for the plot
        needs = f"it needs {error.name}, which is not installed: pip install -r requirements.txt"
        raise SettingsError([f"ss-camera: motion: {needs}"]) from None
    return 0


def _demo(arguments: argparse.Namespace) -> int:
    from ss_camera import demo

    return demo.run(arguments.seconds, stop_on_signals())


def _broker(arguments: argparse.Namespace) -> int:
    from ss_camera import mock_broker

    return mock_broker.run(arguments.seconds, stop_on_signals())


if __name__ == "__main__":
    sys.exit(main())
