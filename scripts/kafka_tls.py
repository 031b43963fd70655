"""A folder in, the TLS files of a test broker and its clients out (PEM, valid for a day)."""

from __future__ import annotations

import datetime
import ipaddress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_VALID = datetime.timedelta(days=1)


@dataclass(frozen=True)
class TlsFiles:
    """`server` holds key, certificate and CA in one file, as Kafka's PEM key store wants it.

    `other_ca` signed nothing: a client that trusts only it must refuse the broker.
    """

    ca: Path
    server: Path
    client_certificate: Path
    client_key: Path
    other_ca: Path


@dataclass(frozen=True)
class _Identity:
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def key_pem(self) -> bytes:
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,  # the only form that Kafka reads
            serialization.NoEncryption(),
        )

    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def make_tls_files(folder: Path, client_name: str) -> TlsFiles:
    """Make a CA, a server for localhost, and a client whose common name is `client_name`."""
    folder.mkdir(parents=True, exist_ok=True)
    ca, other = _identity("ss-camera test CA"), _identity("another CA")
    server, client = _identity("localhost", ca), _identity(client_name, ca)
    files = TlsFiles(
        *(folder / name for name in ("ca.pem", "server.pem", "client.pem", "client.key", "other-ca.pem"))
    )
    files.ca.write_bytes(ca.certificate_pem())
    files.other_ca.write_bytes(other.certificate_pem())
    files.client_certificate.write_bytes(client.certificate_pem())
    for path, identity, more in ((files.server, server, True), (files.client_key, client, False)):
        path.touch(mode=0o600)
        chain = identity.certificate_pem() + ca.certificate_pem() if more else b""
        path.write_bytes(identity.key_pem() + chain)
    return files


def _identity(name: str, issuer: _Identity | None = None) -> _Identity:
    """A key and its certificate, signed by `issuer`, or by itself as a CA."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(minutes=5))
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
    )
    if issuer is not None:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    signer = issuer.key if issuer else key
    return _Identity(key, builder.sign(signer, hashes.SHA256()))
