"""A JPEG as USB cameras give it in, one that every decoder reads out: with its Huffman tables.

Motion JPEG may leave out the tables of ITU-T T.81 annex K.3, because all of its frames use them
(USB video class, "Payload Specification MJPEG", 3.3); a plain JPEG may not. FFmpeg's own filter
for this (`mjpeg2jpeg`) adds tables to frames that have some, so that it is not used here.
"""

from __future__ import annotations

from ss_camera import jpeg

_DHT = 0xC4
_SOS = 0xDA
# arithmetic coding (SOF9 and later) has no Huffman tables
_HUFFMAN_FRAMES = frozenset({0xC0, 0xC1, 0xC2, 0xC3, 0xC5, 0xC6, 0xC7})

# each: how many codes there are of 1..16 bits, then their values in order of the codes
_DC_LUMA = "00010501010101010100000000000000", "000102030405060708090a0b"
_DC_CHROMA = "00030101010101010101010000000000", "000102030405060708090a0b"
_AC_LUMA = (
    "0002010303020403050504040000017d",
    "01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a2526"
    "2728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485"
    "868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6"
    "d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa",
)
_AC_CHROMA = (
    "00020102040403040705040400010277",
    "000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f1171819"
    "1a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a8283"
    "8485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4"
    "d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa",
)


def _segment() -> bytes:
    tables = b"".join(
        bytes([number]) + bytes.fromhex("".join(table))
        for number, table in ((0x00, _DC_LUMA), (0x10, _AC_LUMA), (0x01, _DC_CHROMA), (0x11, _AC_CHROMA))
    )
    return b"\xff\xc4" + (len(tables) + 2).to_bytes(2, "big") + tables


STANDARD_TABLES = _segment()
"""The DHT segment of T.81 annex K.3: 420 bytes."""


def with_huffman_tables(data: bytes) -> bytes:
    """`data` itself where it has tables or needs none, else with the standard ones before its scan.

    What is no JPEG comes back as it is: the message's own check refuses it by name.
    """
    try:
        found = list(jpeg.segments(data))
    except jpeg.NotJpeg:
        return data
    markers = {segment.marker for segment in found}
    if _DHT in markers or not markers & _HUFFMAN_FRAMES:
        return data
    scan = found[-1].start
    return data[:scan] + STANDARD_TABLES + data[scan:]
