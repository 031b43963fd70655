"""The table of drawn videos in docs/guide/motion.md, made anew: `python -m scripts.make_motion_table`."""

from __future__ import annotations

from pathlib import Path

from tests.motion.table import END, START, markdown

PAGE = Path(__file__).resolve().parent.parent / "docs" / "guide" / "motion.md"


def main() -> None:
    """Replace what stands between the two marks."""
    before, rest = PAGE.read_text().split(START)
    after = rest.split(END)[1]
    PAGE.write_text("\n".join([before + START, *markdown(), END + after]))


if __name__ == "__main__":
    main()
