#!/usr/bin/env python3
"""Run ss-camera from a checkout: `./ss-camera.py`, settings from the environment and `.env`."""

import sys

from ss_camera.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
