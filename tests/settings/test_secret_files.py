"""Section C of what can be wrong: files of secrets; and which place goes before which."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ss_camera.errors import SettingsError
from ss_camera.media import Family
from ss_camera.settings import describe, load
from ss_camera.settings.model import Settings
from tests.settings.loading import BROKER, not_root, told, write

NAME = "SS_CRYPTO__PASSWORD"
ENCRYPTED = {
    **BROKER,
    "SS_DATA_ENCRYPTION": "true",
    "SS_CRYPTO__ALGORITHM": "AES",
    "SS_CRYPTO__MODE": "GCM",
}


def secret(folder: Path, content: bytes, name: str = NAME, mode: int = 0o400) -> Path:
    path = folder / name
    path.write_bytes(content)
    path.chmod(mode)
    return path


def loaded(folder: Path, environ: dict[str, str] | None = None) -> Settings:
    return load(None, environ=environ or ENCRYPTED, secrets_dirs=[folder])


def password(settings: Settings) -> object:
    crypto = settings.publish.routes[Family.STILL].common["crypto"]
    assert isinstance(crypto, dict)
    return crypto["password"]


def problem(folder: Path) -> str:
    """The one line that is not the consequence of another."""
    with pytest.raises(SettingsError) as error:
        loaded(folder)
    return told(error.value)[0]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"longenough\n", "longenough", id="57"),
        pytest.param(b"longenough\r\n", "longenough", id="57-windows"),
        pytest.param(b"longenough\n\n", "longenough\n", id="57-one-only"),
        pytest.param(b"longenough", "longenough", id="57-none"),
        pytest.param(b" 007 0070 ", " 007 0070 ", id="57-spaces"),
        pytest.param(b'"longenough"', '"longenough"', id="57-quotes"),
    ],
)
def test_one_line_end_is_not_part_of_a_secret(content: bytes, expected: str, tmp_path: Path) -> None:
    """Editors and echo add one; all else is the secret's own."""
    secret(tmp_path, content)
    assert password(loaded(tmp_path)) == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(b"abc\xffdef", "is not UTF-8 (byte 3); expected UTF-8 text", id="58"),
        pytest.param(b"abcdefg\0h", "has a NUL byte (byte 7)", id="58-nul"),
        pytest.param(b"", "is empty; expected the value", id="60"),
        pytest.param(b"\n", "is empty; expected the value", id="60-line-end"),
        pytest.param(b"x" * (64 * 1024 + 1), "is larger than 64 KiB", id="60-large"),
    ],
)
def test_a_file_that_holds_no_secret_is_told_with_its_path(
    content: bytes, expected: str, tmp_path: Path
) -> None:
    """The path, and for wrong bytes their place."""
    path = secret(tmp_path, content)
    assert problem(tmp_path).startswith(f"ss-camera: config: {NAME} (secret): {path} {expected}")


def test_a_folder_is_no_secret(tmp_path: Path) -> None:
    """With its path: a mount that made a folder where a file was meant."""
    (tmp_path / NAME).mkdir()
    assert problem(tmp_path).startswith(
        f"ss-camera: config: {NAME} (secret): {tmp_path}/{NAME} is a directory"
    )


def test_a_dangling_link_is_told(tmp_path: Path) -> None:
    """With the place that it leads to."""
    (tmp_path / NAME).symlink_to("/nowhere/at/all")
    assert "is a link to /nowhere/at/all, which does not exist" in problem(tmp_path)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A secret that blocks for ever would stop the start."""
    os.mkfifo(tmp_path / NAME)
    assert "is not a regular file" in problem(tmp_path)


def test_a_secret_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, no traceback."""
    secret(tmp_path, b"x", mode=0o000)
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)
    with not_root(), pytest.raises(SettingsError) as error:
        loaded(Path("."))
    assert "cannot be read: permission denied" in told(error.value)[0]


def test_links_within_the_folder_are_followed(tmp_path: Path) -> None:
    """Kubernetes and systemd mount secrets as links."""
    secret(tmp_path, b"longenough", name="..data")
    (tmp_path / NAME).symlink_to("..data")
    assert password(loaded(tmp_path)) == "longenough"


@pytest.mark.parametrize(
    ("mode", "warned"),
    [
        pytest.param(0o644, True, id="62"),
        pytest.param(0o660, True, id="62-group-writes"),
        pytest.param(0o640, False, id="62-group-reads"),
        pytest.param(0o400, False, id="62-private"),
    ],
)
def test_a_secret_open_to_others_is_warned_of(mode: int, warned: bool, tmp_path: Path) -> None:
    """With the command that mends it."""
    path = secret(tmp_path, b"longenough", mode=mode)
    expected = f"{NAME} (secret): {path} is open to other users (mode {mode:04o}); `chmod 600 {path}`"
    assert loaded(tmp_path).warnings == ((expected,) if warned else ())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_a_secret_of_another_user_is_warned_of(tmp_path: Path) -> None:
    """Its owner can change it."""
    os.chown(secret(tmp_path, b"longenough"), 65534, 65534)
    assert "belongs to user 65534" in loaded(tmp_path).warnings[0]


def test_the_secret_goes_before_the_environment_and_it_is_said(tmp_path: Path) -> None:
    """An old value left in the environment surprises nobody."""
    secret(tmp_path, b"fromsecret")
    settings = loaded(tmp_path, {**ENCRYPTED, NAME: "fromenvironment"})
    assert password(settings) == "fromsecret"
    assert settings.warnings == (f"{NAME}: the secret goes before the value in the environment",)


def test_the_first_folder_goes_before_the_second(tmp_path: Path) -> None:
    """/run/secrets before $CREDENTIALS_DIRECTORY; a folder that is not there holds nothing."""
    first, second = tmp_path / "1", tmp_path / "2"
    first.mkdir()
    second.mkdir()
    secret(first, b"fromfirst")
    secret(second, b"fromsecond")
    folders = [tmp_path / "none", first, second]
    assert password(load(None, environ=ENCRYPTED, secrets_dirs=folders)) == "fromfirst"


def test_systemds_credentials_are_read(tmp_path: Path) -> None:
    """$CREDENTIALS_DIRECTORY names the second folder."""
    secret(tmp_path, b"fromsystemd")
    environ = {**ENCRYPTED, "CREDENTIALS_DIRECTORY": str(tmp_path)}
    assert password(load(None, environ=environ)) == "fromsystemd"


def test_a_misspelt_secret_is_refused_and_another_programs_is_not(tmp_path: Path) -> None:
    """Files of other names may lie beside ours."""
    secret(tmp_path, b"longenough", name="SS_CRYPTO__PASWORD")
    secret(tmp_path, b"x", name="mariadb_root_password")
    with pytest.raises(SettingsError) as error:
        loaded(tmp_path)
    expected = "SS_CRYPTO__PASWORD (secret): is no setting for kafka; did you mean SS_CRYPTO__PASSWORD?"
    assert any(expected in line for line in told(error.value))
    assert not any("mariadb" in line for line in told(error.value))


def test_each_place_goes_before_the_next(tmp_path: Path) -> None:
    """Command line, secret, environment, file, default: `check` tells which it was."""
    file = write(tmp_path, "SS_TOPIC=f\nCAMERA_ID=f\nCAMERA_NUM=1\nCAMERA_QUALITY=1\nSS_BROKERS=f\n")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    secret(secrets, b"s", name="CAMERA_ID")
    secret(secrets, b"2", name="CAMERA_NUM")
    environ = {"SS_TOPIC": "e", "CAMERA_ID": "e", "CAMERA_NUM": "3"}
    settings = load(file, environ=environ, secrets_dirs=[secrets], overrides={"CAMERA_NUM": "4"})
    lines = [" ".join(line.split()) for line in describe(settings)]
    assert "CAMERA_NUM = 4 (command line)" in lines
    assert "CAMERA_ID = s (secret)" in lines
    assert "SS_TOPIC = e (environment)" in lines
    assert "CAMERA_QUALITY = 1 (.env:4)" in lines
    assert "CAMERA = auto (default)" in lines
    assert settings.camera.num == 4
    assert settings.camera.camera_id == "s"
    assert settings.publish.routes[Family.STILL].topic == "e"


def test_a_secret_of_another_spelling_is_told(tmp_path: Path) -> None:
    """As in `.env`; it is not told to be missing besides."""
    path = secret(tmp_path, b"long enough", NAME.lower())
    with pytest.raises(SettingsError) as error:
        loaded(tmp_path)
    assert told(error.value) == [
        f"ss-camera: config: {path.name} (secret): {path} is no setting; did you mean {NAME}?"
    ]


def test_a_secret_that_cannot_be_used_is_not_missing_besides(tmp_path: Path) -> None:
    """One mistake, one line."""
    secret(tmp_path, b"a\0b")
    with pytest.raises(SettingsError) as error:
        loaded(tmp_path)
    assert len(told(error.value)) == 1
