"""The names for SINETStream's config server."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from ss_camera.errors import SettingsError
from ss_camera.settings import load
from ss_camera.settings.model import ConfigServer, Settings
from tests.settings.certificates import pair
from tests.settings.loading import told

AUTH = {"config-server": {"address": "https://cs.example.org", "user": "cam", "secret-key": "qwertzui"}}


def loaded(home: Path, given: Mapping[str, str]) -> Settings:
    return load(None, environ={"HOME": str(home), **given}, secrets_dirs=())


def server(home: Path, **given: str) -> ConfigServer:
    found = loaded(home, given).publish.config_server
    assert found is not None
    return found


def problem(home: Path, **given: str) -> str:
    with pytest.raises(SettingsError) as error:
        loaded(home, given)
    assert len(told(error.value)) == 1
    return error.value.problems[0]


def stored(home: Path, content: str) -> Path:
    path = home / ".config" / "sinetstream" / "auth.json"
    path.parent.mkdir(parents=True)
    path.write_text(content)
    return path


def test_the_config_server_needs_no_broker(tmp_path: Path) -> None:
    """It is what names the broker."""
    found = server(tmp_path, SSCFG_NAME="cams", SSCFG_SERVICE="images", SSCFG_AUTH=json.dumps(AUTH))
    assert found == ConfigServer("cams", "images", AUTH, None)


def test_a_name_without_access_is_told(tmp_path: Path) -> None:
    """With the place where SINETStream looks for it otherwise."""
    expected = (
        f"SSCFG_AUTH (not set): SSCFG_NAME needs it, as there is no {tmp_path}/.config/sinetstream/auth.json"
    )
    assert expected in problem(tmp_path, SSCFG_NAME="cams")


def test_a_stored_access_is_enough(tmp_path: Path) -> None:
    """The sample's README puts it there by hand."""
    stored(tmp_path, json.dumps(AUTH))
    assert server(tmp_path, SSCFG_NAME="cams").auth is None


@pytest.mark.parametrize(
    ("auth", "expected"),
    [
        pytest.param("{", "is not JSON (line 1, column 2)", id="55"),
        pytest.param('{"a":\n1,,}', "is not JSON (line 2, column 3)", id="55-line"),
        pytest.param("[]", "has no config-server", id="55-list"),
        pytest.param('{"config-server": {"user": "u"}}', "has no config-server.address", id="55-address"),
        pytest.param(
            '{"config-server": {"address": "a", "user": 7}}', "has no config-server.user", id="55-type"
        ),
        pytest.param("[" * 100_000, "is n", id="55-deep"),
    ],
)
def test_an_access_that_cannot_be_used_is_told(auth: str, expected: str, tmp_path: Path) -> None:
    """Given or stored; where it breaks off, or which key is missing."""
    line = problem(tmp_path, SSCFG_NAME="cams", SSCFG_AUTH=auth)
    assert f"SSCFG_AUTH (environment): <redacted, {len(auth)} chars> {expected}" in line
    path = stored(tmp_path, auth)
    assert f"{path}: {expected}" in problem(tmp_path, SSCFG_NAME="cams")


def test_a_stored_access_that_is_not_text_is_told(tmp_path: Path) -> None:
    """No traceback of a decoder."""
    path = stored(tmp_path, "")
    path.write_bytes(b"\xff\xfe")
    assert f"{path}: is not UTF-8" in problem(tmp_path, SSCFG_NAME="cams")
    path.unlink()
    path.mkdir()
    assert f"{path}: cannot be read: is a directory" in problem(tmp_path, SSCFG_NAME="cams")


@pytest.mark.parametrize("name", ["SSCFG_SERVICE", "SSCFG_AUTH"])
def test_access_without_a_name_is_told(name: str, tmp_path: Path) -> None:
    """A service or a key says nothing of which configuration is meant."""
    given = {name: json.dumps(AUTH) if name == "SSCFG_AUTH" else "x", "SS_BROKERS": "h", "SS_TOPIC": "t"}
    assert f"{name} (environment): is of no use without SSCFG_NAME" in problem(tmp_path, **given)


def test_the_config_server_goes_before_the_variables(tmp_path: Path) -> None:
    """And it is said, as in the sample nobody was told."""
    given = {"SSCFG_NAME": "cams", "SSCFG_AUTH": json.dumps(AUTH), "SS_TOPIC": "t", "SS_ACKS": "0"}
    assert loaded(tmp_path, given).warnings == (
        "SSCFG_NAME goes before SS_*: the config server decides, not used: SS_TOPIC, SS_ACKS",
    )


def test_a_key_with_a_passphrase_needs_it_at_once(tmp_path: Path) -> None:
    """SINETStream would ask on a terminal, which a service does not have."""
    given = {"SSCFG_NAME": "cams", "SSCFG_AUTH": json.dumps(AUTH)}
    closed = pair(password=b"qwertzui").key.decode()
    line = problem(tmp_path, **given, SSCFG_PRIVATE_KEY=closed)
    assert (
        "SSCFG_PRIVATE_KEY (environment): needs a passphrase; expected SINETSTREAM_PRIVATE_KEY_PASSPHRASE"
        in line
    )
    settings = loaded(
        tmp_path,
        {**given, "SSCFG_PRIVATE_KEY": closed, "SINETSTREAM_PRIVATE_KEY_PASSPHRASE": "qwertzui"},
    )
    assert settings.libraries == {"SINETSTREAM_PRIVATE_KEY_PASSPHRASE": "qwertzui"}
    assert server(tmp_path, **given, SSCFG_PRIVATE_KEY=pair().key.decode()).private_key


def test_what_is_no_key_is_told(tmp_path: Path) -> None:
    """A path in place of the key itself, for example."""
    given = {"SSCFG_NAME": "cams", "SSCFG_AUTH": json.dumps(AUTH)}
    assert "is not PEM; expected PEM text" in problem(tmp_path, **given, SSCFG_PRIVATE_KEY="/etc/key.pem")


def test_a_number_that_python_does_not_read_is_told(tmp_path: Path) -> None:
    """It reads no whole number of more than 4300 digits."""
    line = problem(tmp_path, SSCFG_NAME="cams", SSCFG_AUTH='{"config-server": ' + "1" * 5000 + "}")
    assert "has a number of too many digits" in line


def test_a_misspelt_name_of_the_configuration_is_one_mistake(tmp_path: Path) -> None:
    """What goes with it is not told to be of no use besides."""
    assert "did you mean SSCFG_NAME?" in problem(tmp_path, sscfg_name="cams", SSCFG_SERVICE="s")
