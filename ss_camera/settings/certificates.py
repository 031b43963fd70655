"""TLS files in, what is wrong with them out: not PEM, expired, a key of another certificate.

The standard library checks the files as it would for a connection; only the date of a certificate
that is not an authority's it does not tell, so that is read from the DER (RFC 5280, 4.1).
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

_BLOCK = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_SEQUENCE, _VERSION, _UTC_TIME, _GENERALIZED_TIME = 0x30, 0xA0, 0x17, 0x18


def wrong_authorities(path: str, now: datetime) -> str | None:
    """What is wrong with a PEM file of authorities; one that is still good is enough."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
        ends = [_not_after(block) for block in _blocks(path)]
    except (ssl.SSLError, ValueError, IndexError):
        return "is not a PEM file of certificates"
    return _expired(max(ends), now) if ends else "is not a PEM file of certificates"


def wrong_certificate(path: str, now: datetime) -> str | None:
    """What is wrong with a client's certificate; the first of the file is its own."""
    try:
        first = next(_blocks(path), None)
        return _expired(_not_after(first), now) if first else "is not a PEM file with a certificate"
    except (ValueError, IndexError):
        return "is not a PEM file with a certificate"


def wrong_key(certificate: str, key: str | None, password: str | None) -> str | None:
    """What is wrong with the key of a certificate that is right; `key` is None where one file has both."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        # without a password OpenSSL would ask for it on the terminal
        context.load_cert_chain(certificate, key, lambda: password or "")
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            return "is not the key of the certificate"
        if "ENCRYPTED" in _read(key or certificate):
            return "needs another passphrase" if password else "needs a passphrase"
        return "is not a PEM file with a key"
    except ValueError:  # what OpenSSL has room for
        return "needs a passphrase of at most 1024 bytes"
    return None


def _read(path: str) -> str:
    return Path(path).read_bytes().decode("latin-1")


def _blocks(path: str) -> Iterator[str]:
    return (match[0] for match in _BLOCK.finditer(_read(path)))


def _expired(end: datetime, now: datetime) -> str | None:
    return f"expired on {end:%Y-%m-%d}" if end < now else None


def _not_after(pem: str) -> datetime:
    certificate = ssl.PEM_cert_to_DER_cert(pem)
    fields = _items(_items(_items(certificate)[0][1])[0][1])
    # version (optional), serial number, signature algorithm, issuer, validity
    validity = fields[4 if fields[0][0] == _VERSION else 3]
    tag, text = _items(validity[1])[1]
    if validity[0] != _SEQUENCE or tag not in (_UTC_TIME, _GENERALIZED_TIME):
        raise ValueError("no validity where RFC 5280 has it")
    digits = text.decode("ascii").rstrip("Z")
    if tag == _UTC_TIME:  # two digits for the year: 50 to 99 are 1950 to 1999
        digits = ("19" if digits[0] >= "5" else "20") + digits
    return datetime.strptime(digits, "%Y%m%d%H%M%S").replace(tzinfo=UTC)


def _items(der: bytes) -> list[tuple[int, bytes]]:
    """The elements that stand one after another in DER: tag and content of each."""
    items = []
    while der:
        tag, length, start = der[0], der[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(der[2:start], "big")
        if start + length > len(der):
            raise ValueError("cut short")
        items.append((tag, der[start : start + length]))
        der = der[start + length :]
    return items
