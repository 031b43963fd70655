"""The command line in, a table on the terminal and bench.json out: `python -m bench`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import brokers, clips, copies, events, latency, memory, motion, publishing, starting, timing
from bench.children import ROOT, CaseFailed
from bench.figures import Figure, table

ROWS = (
    "publish",
    "program",
    "copies",
    "memory",
    "latency",
    "events",
    "start",
    "idle",
    "schedule",
    "message",
    "motion",
    "clips",
)


def main(argv: list[str] | None = None) -> int:
    """Measure what is asked for. Exit code 0 when every case gave figures, whatever they are."""
    arguments = _parser().parse_args(argv)
    start_s = time.monotonic()
    failures: list[str] = []
    figures: list[Figure] = []

    def say(line: str) -> None:
        print(f"{time.monotonic() - start_s:5.0f} s  {line}", file=sys.stderr, flush=True)  # noqa: T201

    names = list(brokers.BROKERS) if arguments.broker == "both" else [arguments.broker]
    _measure_all(arguments, names, figures, failures, say)
    for line in table(figures, names):
        print(line)  # noqa: T201 - the command's output
    _write(arguments, figures, failures)
    for failure in failures:
        say(f"no figures: {failure}")
    return 1 if failures else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        epilog="What each row means: docs/reference/benchmarks.md",
    )
    parser.add_argument("--quick", action="store_true", help="one round of fewer frames, shorter waits")
    parser.add_argument(
        "--long",
        type=float,
        nargs="?",
        const=600.0,
        metavar="S",
        help="memory: 10 frames a second for 10 minutes, or for so many seconds",
    )
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds of each publishing case (default 3)")
    parser.add_argument(
        "--share", type=float, metavar="X", help="of the frames a case (default 1, quick 0.3)"
    )
    parser.add_argument("--only", type=_rows, default=ROWS, metavar="ROW,..", help=", ".join(ROWS))
    parser.add_argument("--broker", choices=["mock", "kafka", "both"], default="both")
    parser.add_argument("--json", type=Path, default=ROOT / "bench.json", metavar="PATH")
    return parser


def _rows(text: str) -> tuple[str, ...]:
    rows = tuple(text.split(","))
    if unknown := set(rows) - set(ROWS):
        raise argparse.ArgumentTypeError(f"no row {', '.join(sorted(unknown))}; rows are {', '.join(ROWS)}")
    return rows


def _alone(quick: bool) -> dict[str, Callable[[], list[Figure]]]:
    """The rows that need no broker."""
    return {
        "schedule": lambda: timing.schedule(5.0 if quick else 20.0),
        "message": lambda: timing.message(50 if quick else 200),
        "motion": lambda: motion.motion(3 if quick else 15),
        "clips": lambda: clips.clips(10 if quick else 30),
    }


def _with_broker(
    arguments: argparse.Namespace, say: Callable[[str], None]
) -> dict[str, Callable[[brokers.Broker], list[Figure]]]:
    """The others."""
    quick = arguments.quick
    rounds = arguments.rounds or (1 if quick else 3)
    share = arguments.share or (0.3 if quick else 1.0)
    silent_s, fps = (arguments.long, 10.0) if arguments.long else (16.0, 50.0) if quick else (20.0, 50.0)
    return {
        "publish": lambda broker: publishing.publish(broker, rounds, share, say),
        "program": lambda broker: publishing.program(broker, rounds, share, say),
        "copies": copies.copies,
        "memory": lambda broker: memory.memory(broker, silent_s, fps),
        "latency": lambda broker: latency.latency(broker, 40 if quick else 150),
        "events": lambda broker: events.events(broker, 3 if quick else 12),
        "start": lambda broker: starting.start(broker, 2 * rounds - 1),
        "idle": lambda broker: starting.idle(broker, 5.0 if quick else 10.0),
    }


def _measure_all(
    arguments: argparse.Namespace,
    names: list[str],
    figures: list[Figure],
    failures: list[str],
    say: Callable[[str], None],
) -> None:
    alone, with_broker = _alone(arguments.quick), _with_broker(arguments, say)

    def row(name: str, measure: Callable[[], list[Figure]]) -> None:
        say(name)
        try:
            figures.extend(measure())
        except CaseFailed as failure:
            failures.append(f"{name}: {failure}")

    for name in arguments.only:
        if name in alone:
            row(name, alone[name])
    wanted = [name for name in arguments.only if name in with_broker]
    for broker_name in names if wanted else []:
        with contextlib.ExitStack() as stack:
            say(f"starting {broker_name}")
            try:
                broker = stack.enter_context(brokers.BROKERS[broker_name]())
            except brokers.BrokerMissing as missing:
                failures.append(f"{broker_name}: {missing}")
                continue
            for name in wanted:
                row(f"{broker_name}: {name}", lambda name=name, broker=broker: with_broker[name](broker))  # type: ignore[misc]


def _write(arguments: argparse.Namespace, figures: list[Figure], failures: list[str]) -> None:
    result = {
        "version": 1,
        "cores": len(os.sched_getaffinity(0)),
        "quick": arguments.quick,
        "rows": list(arguments.only),
        "figures": [figure.to_json() for figure in figures],
        "missing": failures,
    }
    arguments.json.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    sys.exit(main())
