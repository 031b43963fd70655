"""TLS settings in; the keys that SINETStream takes, and what does not fit together, out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from ss_camera.clock import RealClock
from ss_camera.settings.declare import clash
from ss_camera.settings.values import Values

COMMON_KEYS = (
    "ca_certs",
    "certfile",
    "keyfile",
    "ciphers",
    "check_hostname",
    "ca_certs_data",
    "certfile_data",
    "keyfile_data",
)
_PREFIX = "SS_TLS__"


def tls(values: Values, kind: str, problems: list[str], warnings: list[str]) -> Mapping[str, object] | None:
    """`tls` with its keys ({} where only `SS_TLS=true` is set), or None where it is off.

    `kind` is mqtt or kafka, whose client takes the passphrase by its own name only.
    """
    keys = {name.removeprefix(_PREFIX).lower(): name for name in values.given if name.startswith(_PREFIX)}
    on = values.get("SS_TLS", bool)
    if on is False and keys:
        name = next(iter(keys.values()))
        problems.append(
            clash(values.raw(name), "is set, and SS_TLS is false", "SS_TLS=true, or only one of them")
        )
        return None
    if not on and not keys:
        return None
    for name in ("SS_TLS__CHECK_HOSTNAME", "SS_SSL_CHECK_HOSTNAME"):
        if values.get(name, bool) is False:
            warnings.append(unchecked(name, "the broker's name in its certificate"))
    _files(
        values,
        _PREFIX + "CA_CERTS",
        _PREFIX + "CERTFILE",
        _PREFIX + "KEYFILE",
        "SS_SSL_PASSWORD" if kind == "kafka" else "SS_TLS__KEYFILE_PASSWORD",
        problems,
    )
    return {key: values.given[name].value for key, name in keys.items()}


def unchecked(name: str, what: str) -> str:
    """The warning for a setting that turns a check of the other side off."""
    return f"{name} turns off the check of {what}: anybody in between can read and change what is sent"


def ssl_files(values: Values, problems: list[str]) -> None:
    """Check the files that kafka-python's own names give."""
    _files(values, "SS_SSL_CAFILE", "SS_SSL_CERTFILE", "SS_SSL_KEYFILE", "SS_SSL_PASSWORD", problems)


def _files(values: Values, ca: str, certificate: str, key: str, passphrase: str, problems: list[str]) -> None:
    if not {ca, certificate, key} & values.given.keys():
        return
    from ss_camera.settings import certificates  # `ssl` takes 12 ms, and few use it

    now = datetime.fromtimestamp(RealClock().wall_us() / 1e6, UTC)
    ca_path, certificate_path = values.get(ca, str), values.get(certificate, str)
    key_path, password = values.get(key, str), values.get(passphrase, str)
    if ca_path:
        wrong = certificates.wrong_authorities(ca_path, now)
        if wrong:
            problems.append(_file_problem(values, ca, ca_path, wrong, "certificates of authorities in PEM"))
    if key_path and not certificate_path and certificate + "_DATA" not in values:
        problems.append(clash(values.raw(key), f"has no {certificate} beside it", "both or neither"))
    if not certificate_path:
        return
    wrong = certificates.wrong_certificate(certificate_path, now)
    if wrong:
        problems.append(_file_problem(values, certificate, certificate_path, wrong, "a certificate in PEM"))
        return
    if key + "_DATA" in values or values.was_named(key) != (key in values):
        return
    wrong = certificates.wrong_key(certificate_path, key_path, password)
    if wrong and key_path:
        expected = f"the key of {certificate}" + (f", with its {passphrase}" if "passphrase" in wrong else "")
        problems.append(_file_problem(values, key, key_path, wrong, expected))
    elif wrong:
        what = f"{certificate_path} holds no key, or one with a passphrase"
        problems.append(clash(values.raw(certificate), what, f"{key} as well"))


def _file_problem(values: Values, name: str, path: str, wrong: str, expected: str) -> str:
    return clash(values.raw(name), f"{path} {wrong}", expected)
