"""One case in, its figures out as one line of JSON: `python -m bench.child CASE`, each in a fresh process."""

from __future__ import annotations

import importlib
import json
import sys


def main() -> None:
    """`CASE` is JSON: `{"call": "module:function", ..arguments}`."""
    arguments = json.loads(sys.argv[1])
    module, function = arguments.pop("call").split(":")
    figures = getattr(importlib.import_module(module), function)(**arguments)
    print(json.dumps(figures), flush=True)  # noqa: T201 - the answer


if __name__ == "__main__":
    main()
