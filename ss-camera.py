#!/usr/bin/env python3
"""Run ss-camera from a checkout: `./ss-camera.py`, settings from the environment and `.env`."""

import signal
import sys

# the command to record a clip: one that comes before the program listens waits until it does
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
# Ctrl-C meanwhile is an end without a traceback; a shell may have it ignored
has_ctrl_c = signal.getsignal(signal.SIGINT) is signal.default_int_handler
if has_ctrl_c:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from ss_camera.__main__ import main  # noqa: E402 - takes a while, see above

if has_ctrl_c:
    signal.signal(signal.SIGINT, signal.default_int_handler)

if __name__ == "__main__":
    sys.exit(main())
