"""Packets in, and when motion begins the packets of the seconds before it out, from a keyframe on."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from ss_camera.media import Packet

PACKET_BYTES = 256
"""What a packet costs in memory beside its own bytes (measured: 214 with CPython 3.11 on 64 bits)."""


@dataclass
class _Gop:
    packets: list[Packet] = field(default_factory=list)
    cost: int = 0


class PreRoll:
    """A ring of packets, bounded in seconds and in bytes, that drops whole GOPs from its old end.

    It holds `preroll_s` before the moment that is still to be judged, plus at most one GOP. Where
    `max_bytes` does not take that much, it holds what fits; a single GOP that does not fit is dropped
    and the ring begins anew at the next keyframe. `overflows` counts both.
    """

    def __init__(self, preroll_s: float, max_bytes: int) -> None:
        self._preroll_us = round(preroll_s * 1e6)
        self._max_bytes = max_bytes
        self._gops: deque[_Gop] = deque()
        self._bytes = 0
        self.overflows = 0

    @property
    def bytes(self) -> int:
        """What is held, each packet counted with `PACKET_BYTES` more."""
        return self._bytes

    @property
    def seconds(self) -> float:
        """From the oldest packet's time to the newest one's."""
        if not self._gops:
            return 0.0
        return (self._gops[-1].packets[-1].pts_us - self._gops[0].packets[0].pts_us) / 1e6

    def add(self, packet: Packet, judged_us: int | None = None) -> None:
        """Keep `packet`. `judged_us` is the time up to which motion has been decided, where that lags
        behind the packets: the seconds are kept before that."""
        if packet.key:
            self._gops.append(_Gop())
        elif not self._gops:
            return  # no player can begin with it
        cost = len(packet.data) + PACKET_BYTES
        self._gops[-1].packets.append(packet)
        self._gops[-1].cost += cost
        self._bytes += cost
        newest_us = packet.pts_us if judged_us is None else min(judged_us, packet.pts_us)
        self._drop(newest_us - self._preroll_us)

    def take(self, from_us: int) -> list[Packet]:
        """The packets from the keyframe at or before `from_us`, else all. The ring is empty then."""
        while len(self._gops) > 1 and self._gops[1].packets[0].pts_us <= from_us:
            self._gops.popleft()
        packets = [packet for gop in self._gops for packet in gop.packets]
        self.clear()
        return packets

    def clear(self) -> None:
        """Forget all, as when the video begins anew."""
        self._gops.clear()
        self._bytes = 0

    def _drop(self, needed_us: int) -> None:
        while len(self._gops) > 1 and self._gops[1].packets[0].pts_us <= needed_us:
            self._drop_oldest()
        while self._bytes > self._max_bytes:
            self._drop_oldest()
            self.overflows += 1

    def _drop_oldest(self) -> None:
        self._bytes -= self._gops.popleft().cost
