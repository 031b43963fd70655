"""No secret is seen: not in a problem, a warning, what `check` prints, or the settings' own text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ss_camera.errors import SettingsError
from ss_camera.settings import TABLE, describe, load
from ss_camera.settings.declare import Bad, Raw, printable, refused
from ss_camera.settings.redaction import without_userinfo
from ss_camera.settings.table import find
from tests.settings.loading import BROKER, in_file, loaded, problem

# letters that no sentence of ours has in this mixture
SECRETS = st.text(st.sampled_from("QZ9_$#%&\"' {}\\"), min_size=6, max_size=20).filter(
    lambda text: text.strip() and "Q" in text and "Z" in text
)
MARKS = "\u0436\u0449"
"""Letters that stand in no text of ours, so that every part of a login shows."""
SECRET_NAMES = [setting.name.replace("*", "X") for setting in TABLE if setting.secret]
KINDS = [{}, {"SS_TYPE": "mqtt"}, {"SS_TYPE": "s3"}, {"SSCFG_NAME": "x"}, {"SS_TYPE": "nonsense"}]
SWITCHES = {
    "SS_DATA_ENCRYPTION": "true",
    "SS_SECURITY_PROTOCOL": "SASL_PLAINTEXT",
    "SS_SASL_MECHANISM": "PLAIN",
    "SS_TLS": "true",
}


def everything_said(environ: dict[str, str]) -> str:
    """All that a person can see of these settings."""
    try:
        settings = load(None, environ={"HOME": "/nowhere", **environ}, secrets_dirs=())
    except SettingsError as error:
        return "\n".join([*error.problems, str(error), repr(error)])
    return "\n".join([*describe(settings), *settings.warnings, repr(settings)])


@given(
    secret=SECRETS,
    names=st.sets(st.sampled_from(SECRET_NAMES), min_size=1, max_size=4),
    kind=st.sampled_from(KINDS),
    switches=st.sets(st.sampled_from(sorted(SWITCHES))),
)
@example(secret="QZ99999", names={"SS_CRYPTO__PASSWORD"}, kind={}, switches=set())
def test_a_secret_is_never_seen(
    secret: str, names: set[str], kind: dict[str, str], switches: set[str]
) -> None:
    """Whatever else is right or wrong beside it."""
    given = {**BROKER, **kind, **{name: SWITCHES[name] for name in switches}}
    said = everything_said({**given, **dict.fromkeys(names, secret)})
    assert secret not in said
    assert printable(secret) not in said


@given(
    login=st.text(st.sampled_from(MARKS + "9:/@?#, "), min_size=4, max_size=12).filter(
        lambda text: set(MARKS) <= set(text)
    ),
    kind=st.sampled_from(["rtsp", "http", "file", "v4l2", "auto"]),
)
def test_the_login_of_a_cameras_address_is_never_seen(login: str, kind: str) -> None:
    """Also where it makes the address wrong."""
    given = {**BROKER, "CAMERA": kind, "CAMERA_URL": f"rtsp://user:{login}@cam/stream"}
    said = everything_said(given)
    assert not set(MARKS) & set(said)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("rtsp://cam:554/a/b", "rtsp://cam:554/a/b"),
        ("rtsp://me:geheim@cam/", "rtsp://<redacted>@cam/"),
        ("rtsp://me:ge@he/im@cam/", "rtsp://<redacted>@cam/"),
        ("http://cam/video?user=me&pwd=geheim", "http://cam/video?<redacted>"),
        ("me:geheim@cam", "<redacted>@cam"),
        ("/videos/night.mp4", "/videos/night.mp4"),
        ("/dev/v4l/by-id/usb-0:1.2", "/dev/v4l/by-id/usb-0:1.2"),
        ("ftp://u:geheim@cam/x", "ftp://<redacted>@cam/x"),
        ("RTSP:u:geheim@cam/x", "<redacted>@cam/x"),
        ("rtsp//u:geheim@cam/x", "<redacted>@cam/x"),
        ("rtsp:/u:geheim@cam/x", "<redacted>@cam/x"),
        ("//u:geheim@cam/x", "<redacted>@cam/x"),
        ("u:ge/heim@cam/x", "<redacted>@cam/x"),
        ("http://cam/x#token=geheim", "http://cam/x#<redacted>"),
        ("http://cam/x;token=geheim", "http://cam/x;<redacted>"),
        ("http://cam/x?user=a@b&pwd=geheim", "http://<redacted>"),
    ],
)
def test_an_address_is_shown_without_login_and_query(url: str, shown: str) -> None:
    """The rest helps to find the mistake."""
    assert without_userinfo(url) == shown


def test_a_login_among_the_brokers_is_never_seen() -> None:
    """Nor any part of the list, as a comma may be part of the password."""
    said = everything_said({"SS_BROKERS": "http://me:ge,heim@kafka:9092", "SS_TOPIC": "t"})
    assert "<redacted, 28 chars> has a user or password in it" in said.replace('"', "")
    assert "heim" not in said


def test_no_part_of_a_secret_is_shown_either() -> None:
    """A kind may point at the part that is wrong, or guess what was meant; not for a secret."""
    setting = find("SS_SSL_PASSWORD")
    assert setting is not None
    line = refused(setting, Raw(setting.name, "geheim", "environment"), Bad("x", subject="heim", meant="geh"))
    assert "<redacted, 6 chars> x" in line
    assert "geh" not in line


def test_check_shows_a_secret_by_its_length() -> None:
    """And all else as it was written."""
    environ = {**BROKER, "SS_SSL_PASSWORD": "twelve chars", "SS_TLS": "on", "SCHEDULE": "Every 10 Seconds"}
    lines = [" ".join(line.split()) for line in describe(load(None, environ=environ, secrets_dirs=()))]
    assert "SS_SSL_PASSWORD = <redacted, 12 chars> (environment)" in lines
    assert "SCHEDULE = Every 10 Seconds (environment)" in lines


def test_secrets_are_marked_by_their_names() -> None:
    """A new setting whose name says that it is one cannot be forgotten."""
    words = (
        "PASSWORD",
        "SECRET",
        "TOKEN",
        "PASSPHRASE",
        "PRIVATE_KEY",
        "CRYPTO__KEY",
        "_AUTH",
        "KEYFILE_DATA",
    )
    not_secret = {"SS_CRYPTO__PASSWORD__PATH", "SS_CRYPTO__KEY_LENGTH"}
    for setting in TABLE:
        named = any(word in setting.name for word in words) and "KEY_DERIVATION" not in setting.name
        if named and setting.name not in not_secret and not setting.name.endswith("AUTH_METHOD"):
            assert setting.secret, setting.name


@pytest.mark.parametrize("text", ["a\x1b[31mred", "line\nbreak", "x" * 1000])
def test_what_is_shown_cannot_write_on_the_terminal(text: str) -> None:
    """No escape sequence, no second line, no page of text."""
    line = problem(CAMERA_ID=text)
    assert line.isprintable()
    assert len(line) < 250


def test_a_line_of_the_file_that_is_wrong_is_not_shown(tmp_path: Path) -> None:
    """A password may stand in it."""
    with pytest.raises(SettingsError) as error:
        in_file(tmp_path, "SS_SASL_PLAIN_PASSWORD: qwertzui\nSS_SASL_PLAIN_USERNAME='qwertzui\n")
    assert "qwertzui" not in str(error.value)


def test_libraries_names_are_not_in_the_settings_text(tmp_path: Path) -> None:
    """A proxy's address has a password as often as not."""
    settings = in_file(tmp_path, "SS_BROKERS=h\nSS_TOPIC=t\nHTTPS_PROXY=http://me:geheim@proxy\n")
    assert settings.libraries
    assert "geheim" not in repr(settings)
    assert "geheim" not in repr(loaded(CAMERA_URL="rtsp://me:geheim@cam/"))
