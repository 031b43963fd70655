"""A clip's first part in, the reason why no player can play it out, or None."""

from __future__ import annotations


def playable_problem(first: bytes, codec: str) -> str | None:
    """What is missing in `ftyp moov` for a player: parameter sets, or a `codec` string that fits them."""
    at = first.find(b"avcC", 0, 64 * 1024)
    if first[4:8] != b"ftyp" or at < 0:
        return "not playable: its first part is no MP4 of H.264 video"
    record = first[at + 4 :]
    if len(record) < 8 or not record[5] & 31:
        return "not playable: it has no H.264 sequence parameter set"
    sets = record[5] & 31
    place = 6
    for _ in range(sets):
        place += 2 + int.from_bytes(record[place : place + 2], "big")
    if place >= len(record) or not record[place]:
        return "not playable: it has no H.264 picture parameter set"
    said = f"avc1.{record[1:4].hex().upper()}"
    if codec.upper() != said.upper():
        return f"not playable: it is called {codec[:40]} and is {said}"
    return None
