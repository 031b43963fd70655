"""One measured number with what it should be, and the table and JSON of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bench.targets import Target, target_of

ANY = "-"
"""The broker of a figure that needs none."""
_COLUMN = 34


@dataclass(frozen=True)
class Figure:
    """`row` is what `--only` takes, `what` the line in the table, `broker` its column."""

    row: str
    what: str
    broker: str
    value: float
    unit: str

    @property
    def target(self) -> Target | None:
        return target_of(self.row, self.what, self.broker)

    def to_json(self) -> dict[str, object]:
        target = self.target
        return {
            "row": self.row,
            "what": self.what,
            "broker": self.broker,
            "value": round(self.value, 6),
            "unit": self.unit,
            "target": str(target) if target else None,
            "met": target.is_met_by(self.value) if target else None,
        }


def table(figures: Iterable[Figure], brokers: list[str]) -> list[str]:
    """Lines of text: a line for each `what`, a column for each broker, the targets behind the values."""
    lines: dict[tuple[str, str], dict[str, Figure]] = {}
    for figure in figures:
        lines.setdefault((figure.row, figure.what), {})[figure.broker] = figure
    width = max((len(what) for _, what in lines), default=0) + 2
    text = ["", "".join([" " * width, *(name.ljust(_COLUMN) for name in brokers)]).rstrip()]
    last_row = None
    for (row, what), cells in lines.items():
        if row != last_row:
            text += ["", f"[{row}]"]
            last_row = row
        if ANY in cells:
            text.append(what.ljust(width) + _cell(cells[ANY]).rstrip())
        else:
            text.append((what.ljust(width) + "".join(_cell(cells.get(name)) for name in brokers)).rstrip())
    return text


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return "".ljust(_COLUMN)
    text = f"{_number(figure.value)} {figure.unit}"
    if figure.target is not None:
        text += f" ({'met' if figure.target.is_met_by(figure.value) else 'MISSED'}: {figure.target})"
    return text.ljust(_COLUMN - 2) + "  "


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"
