"""A command's lines in, the standard output out; one that takes no more ends the command with a sentence."""

from __future__ import annotations

import os
import sys


class OutputEnded(Exception):
    """The standard output takes no more. The text says why; it is empty where its reader has read enough."""


def say(text: str) -> None:
    """Print one or more lines at once. Raises `OutputEnded`.

    In one piece, so that no line of the log gets between a line and its end.
    """
    try:
        print(f"{text}\n", end="", flush=True)  # noqa: T201 - the output of every command
    except OSError as error:
        # what is still buffered would be written, and complained of, at the interpreter's end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        enough = isinstance(error, BrokenPipeError)  # `| head`
        raise OutputEnded(
            "" if enough else f"the standard output cannot be written: {error.strerror}"
        ) from None
