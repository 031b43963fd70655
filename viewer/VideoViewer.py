#!/usr/bin/env python3
# ruff: noqa: N999 - the sample's name of this program
"""Arguments in, an exit code out; `viewer/app.py` does the work."""

import signal
import sys
from pathlib import Path

# Ctrl-C before all is imported is an end without a traceback; a shell may have it ignored
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

# the checkout's root in place of this folder: its modules must not be found under bare names
sys.path[0] = str(Path(__file__).resolve().parent.parent)

from viewer.app import main  # noqa: E402 - needs the lines above

if __name__ == "__main__":
    sys.exit(main())
