"""The files and switches of TLS, without a connection."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from ss_camera.media import Family
from tests.settings.certificates import pair
from tests.settings.loading import loaded, not_root, problem, problems

CA, CERTIFICATE, KEY = "SS_TLS__CA_CERTS", "SS_TLS__CERTFILE", "SS_TLS__KEYFILE"


def common(given: Mapping[str, str | None]) -> Mapping[str, object]:
    return loaded(given).publish.routes[Family.STILL].common


@pytest.mark.parametrize(
    ("given", "tls"),
    [
        pytest.param({}, None, id="unset"),
        pytest.param({"SS_TLS": "true"}, True, id="36"),
        pytest.param({"SS_TLS": "false"}, None, id="37"),
        pytest.param({"SS_TLS__CIPHERS": "HIGH"}, {"ciphers": "HIGH"}, id="39-implied"),
        pytest.param({"SS_TLS": "on", "SS_TLS__CIPHERS": "HIGH"}, {"ciphers": "HIGH"}, id="39"),
    ],
)
@pytest.mark.parametrize("kind", ["kafka", "mqtt"])
def test_tls_is_on_where_it_is_asked_for(kind: str, given: dict[str, str], tls: object) -> None:
    """Off it is left out: SINETStream's MQTT plugin takes even `tls: false` as a wish for TLS."""
    assert common({"SS_TYPE": kind, **given}).get("tls") == tls


def test_tls_that_is_neither_true_nor_false_is_told() -> None:
    """With what was probably meant."""
    assert (
        '"ture" is neither true nor false; expected true/false/yes/no/on/off/1/0; did you mean true?'
        in problem(SS_TLS="ture")
    )


def test_tls_off_with_tls_settings_is_a_contradiction() -> None:
    """Whoever names ciphers believes the connection encrypted."""
    assert "SS_TLS__CIPHERS (environment): is set, and SS_TLS is false" in problem(
        SS_TLS="no", SS_TLS__CIPHERS="HIGH"
    )


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"SS_TLS__CHECK_HOSTNAME": "false"}, id="41"),
        pytest.param({"SS_TLS": "true", "SS_SSL_CHECK_HOSTNAME": "false"}, id="41-kafka"),
        pytest.param({"SS_SECURITY_PROTOCOL": "SSL", "SS_SSL_CHECK_HOSTNAME": "false"}, id="41-ssl"),
        pytest.param({"SS_TYPE": "mqtt", "SS_TLS": "1", "SS_TLS_INSECURE__VALUE": "1"}, id="41-mqtt"),
        pytest.param({"SS_TYPE": "mqtt", "SS_TLS__CERT_REQS": "CERT_NONE"}, id="41-none"),
    ],
)
def test_a_check_that_is_turned_off_is_warned_of(given: dict[str, str]) -> None:
    """It is taken, and said what it means."""
    warnings = loaded(given).warnings
    assert len(warnings) == 1
    assert "turns off the check of" in warnings[0]
    assert "anybody in between can read and change what is sent" in warnings[0]


def test_good_files_are_taken(tmp_path: Path) -> None:
    """An authority, a certificate and its key."""
    authority, _ = pair(is_authority=True).write(tmp_path, "ca")
    certificate, key = pair().write(tmp_path, "client")
    tls = common({CA: str(authority), CERTIFICATE: str(certificate), KEY: str(key)})["tls"]
    assert tls == {"ca_certs": str(authority), "certfile": str(certificate), "keyfile": str(key)}


def test_one_file_may_hold_certificate_and_key(tmp_path: Path) -> None:
    """OpenSSL reads both from it."""
    made = pair()
    both = tmp_path / "both.pem"
    both.write_bytes(made.key + made.certificate)
    assert common({CERTIFICATE: str(both)})["tls"] == {"certfile": str(both)}


def test_one_good_authority_of_a_bundle_is_enough(tmp_path: Path) -> None:
    """Systems keep old authorities in their bundles."""
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(
        pair(days=-1, is_authority=True).certificate + b"\n# new\n" + pair(is_authority=True).certificate
    )
    assert common({CA: str(bundle)})["tls"] == {"ca_certs": str(bundle)}


def test_a_file_that_is_not_there_is_told() -> None:
    """By name and path."""
    expected = f'{CA} (environment): "/no/ca.pem" cannot be read: no such file or directory'
    assert expected in problem({CA: "/no/ca.pem"})


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A start that waits for ever says nothing."""
    os.mkfifo(tmp_path / "ca.pem")
    assert "is not a regular file" in problem({CA: str(tmp_path / "ca.pem")})


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By name and path."""
    (tmp_path / "ca.pem").touch(mode=0o000)
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    with not_root():
        assert f'{CA} (environment): "ca.pem" cannot be read: permission denied' in problem({CA: "ca.pem"})


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_is_not_pem_is_told(content: bytes, tmp_path: Path) -> None:
    """Authorities, certificate and key each."""
    bad = tmp_path / "bad.pem"
    bad.write_bytes(content)
    certificate, _ = pair().write(tmp_path, "client")
    assert f"{CA} (environment): {bad} is not a PEM file of certificates" in problem({CA: str(bad)})
    assert f"{bad} is not a PEM file with a certificate" in problem({CERTIFICATE: str(bad)})
    assert f"{KEY} (environment): {bad} is not a PEM file with a key" in problem(
        {CERTIFICATE: str(certificate), KEY: str(bad)}
    )


@pytest.mark.parametrize("days", [-1, -16_000])
def test_an_expired_certificate_is_told(days: int, tmp_path: Path) -> None:
    """With the day; one of the last century as well."""
    authority, _ = pair(days=days, is_authority=True).write(tmp_path, "ca")
    certificate, key = pair(days=days).write(tmp_path, "client")
    lines = problems({CA: str(authority), CERTIFICATE: str(certificate), KEY: str(key)})
    assert len(lines) == 2
    assert f"{authority} expired on " in lines[0]
    assert f"{certificate} expired on " in lines[1]


def test_a_certificate_of_the_far_future_is_good(tmp_path: Path) -> None:
    """A date after 2049 is no date of the last century."""
    certificate, key = pair(days=365 * 60).write(tmp_path, "client")
    assert common({CERTIFICATE: str(certificate), KEY: str(key)})["tls"]


def test_a_key_of_another_certificate_is_told(tmp_path: Path) -> None:
    """By the path of the key."""
    certificate, _ = pair().write(tmp_path, "client")
    _, other = pair().write(tmp_path, "other")
    assert f"{KEY} (environment): {other} is not the key of the certificate" in problem(
        {CERTIFICATE: str(certificate), KEY: str(other)}
    )


def test_a_key_with_a_passphrase_is_not_asked_for_on_the_terminal(tmp_path: Path) -> None:
    """Without it, with a wrong one and with the right one."""
    certificate, key = pair(password=b"right-one").write(tmp_path, "client")
    files = {"SS_TLS": "on", "SS_SSL_CERTFILE": str(certificate), "SS_SSL_KEYFILE": str(key)}
    assert (
        f"{key} needs a passphrase; expected the key of SS_SSL_CERTFILE, with its SS_SSL_PASSWORD"
        in problem(files)
    )
    assert f"{key} needs another passphrase" in problem(files, SS_SSL_PASSWORD="wrong-one")
    assert f"{key} needs a passphrase of at most 1024 bytes" in problem(files, SS_SSL_PASSWORD="x" * 2000)
    assert loaded(files, SS_SSL_PASSWORD="right-one").publish.routes


def test_a_key_needs_its_certificate_and_a_certificate_its_key(tmp_path: Path) -> None:
    """Each alone opens nothing."""
    certificate, key = pair().write(tmp_path, "client")
    assert f"has no {CERTIFICATE} beside it" in problem({KEY: str(key)})
    assert f"{certificate} holds no key, or one with a passphrase; expected {KEY} as well" in problem(
        {CERTIFICATE: str(certificate)}
    )


def test_pem_text_itself_is_taken_instead_of_files(tmp_path: Path) -> None:
    """SINETStream's `*_data` keys; from a secret they have many lines."""
    made = pair()
    tls = common(
        {
            "SS_TLS__CERTFILE_DATA": made.certificate.decode(),
            "SS_TLS__KEYFILE_DATA": made.key.decode(),
        }
    )["tls"]
    assert tls == {"certfile_data": made.certificate.decode(), "keyfile_data": made.key.decode()}
    assert "is not PEM; expected PEM text" in problem(SS_TLS__CA_CERTS_DATA="abc")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"SS_SECURITY_PROTOCOL": "PLAINTEXT", "SS_TLS": "on"},
            "is PLAINTEXT, and SS_TLS or SS_TLS__* is set",
        ),
        (
            {"SS_SSL_CIPHERS": "HIGH"},
            "SS_SSL_CIPHERS (environment): has no effect on a connection without TLS",
        ),
        ({"SS_TYPE": "mqtt", "SS_TLS_INSECURE__VALUE": "1"}, "has no effect without TLS"),
    ],
)
def test_tls_that_would_silently_not_be_used_is_told(given: dict[str, str], expected: str) -> None:
    """Nobody believes a line encrypted that is not."""
    assert expected in problem(given)


def test_mqtts_further_tls_keys_stand_together() -> None:
    """SINETStream's plugin replaces `type_spec.tls` by the common keys, so all stand in `type_spec`."""
    route = loaded(
        SS_TYPE="mqtt",
        SS_TLS__CIPHERS="HIGH",
        SS_TLS__CHECK_HOSTNAME="true",
        SS_TLS__TLS_VERSION="protocol_tls",
    ).publish.routes[Family.STILL]
    assert "tls" not in route.common
    assert route.type_spec["tls"] == {"ciphers": "HIGH", "tls_version": "PROTOCOL_TLS"}
    assert route.type_spec["tls_insecure"] == {"value": False}


def test_kafkas_passphrase_stands_beside_either_name_of_the_key(tmp_path: Path) -> None:
    """Its clients know no SS_TLS__KEYFILE_PASSWORD, so that is not what is asked for."""
    certificate, key = pair(password=b"right-one").write(tmp_path, "client")
    files = {CERTIFICATE: str(certificate), KEY: str(key)}
    assert f"expected the key of {CERTIFICATE}, with its SS_SSL_PASSWORD" in problem(files)
    route = loaded(files, SS_SSL_PASSWORD="right-one").publish.routes[Family.STILL]
    assert route.type_spec["ssl_password"] == "right-one"
