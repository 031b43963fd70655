#!/usr/bin/env python3
"""Run ss-camera from a checkout: `./ss-camera.py`, settings from the environment and `.env`."""

import signal
import sys

# the command to record a clip: one that comes before the program listens must not end it
signal.signal(signal.SIGUSR1, signal.SIG_IGN)

from ss_camera.__main__ import main  # noqa: E402 - takes a while, see above

if __name__ == "__main__":
    sys.exit(main())
