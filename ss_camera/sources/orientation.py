"""Flips and a rotation in, one way of turning planes out: eight there are, and each is done in one step."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ss_camera.properties.edits import Edits
from ss_camera.sources.jpeg_encoder import Plane


@dataclass(frozen=True)
class Orientation:
    """A picture is mirrored left to right where `mirrored`, then turned by `turn` degrees clockwise."""

    mirrored: bool = False
    turn: int = 0

    @classmethod
    def of(cls, edits: Edits) -> Orientation:
        """Top to bottom is left to right and half a turn; both flips are half a turn."""
        return cls(edits.hflip != edits.vflip, (edits.rotation + 180 * edits.vflip) % 360)

    def __bool__(self) -> bool:
        return self.mirrored or self.turn != 0

    def size(self, width: int, height: int) -> tuple[int, int]:
        """Width and height of such a picture once it is turned."""
        return (height, width) if self.turn % 180 else (width, height)

    def size_before(self, width: int, height: int) -> tuple[int, int]:
        """The size that becomes this one."""
        return self.size(width, height)  # a quarter of a turn either way swaps the two

    def plane(self, plane: Plane) -> Plane:
        """The plane turned, with memory of its own."""
        mirrored = plane[:, ::-1] if self.mirrored else plane
        return np.ascontiguousarray(np.rot90(mirrored, -self.turn // 90))


def turn_of_packets(edits: Edits) -> int:
    """`Packet.turn` where video is passed on: a player can turn a picture, and cannot mirror it."""
    orientation = Orientation.of(edits)
    return edits.rotation if orientation.mirrored else orientation.turn


def beyond_a_turn(edits: Edits) -> Edits:
    """What of the edits a player cannot do: both flips are half a turn, which it can."""
    return edits if Orientation.of(edits).mirrored else replace(edits, hflip=False, vflip=False)
