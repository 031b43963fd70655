"""Section A of what can be wrong: the lines of `.env`, and the environment of a container."""

from __future__ import annotations

from pathlib import Path

import pytest

from ss_camera.errors import SettingsError
from ss_camera.media import Family
from ss_camera.settings import find_env_file, load
from tests.settings.loading import BROKER, file_problems, in_file, loaded, not_root, problem, told, write

ENOUGH = "SS_BROKERS=h\nSS_TOPIC=t\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("SS_TOPIC: t\nSS_BROKERS=h\n", ".env:1: not NAME=VALUE; expected NAME=VALUE", id="1"),
        pytest.param('A="abc\n', ".env:1: quote not closed", id="2"),
        pytest.param('A="abc\nB="x"\n', ".env:1: quote not closed", id="2-and-a-quote-later"),
        pytest.param("\n\nA='abc\n", ".env:3: quote not closed", id="2-after-blank-lines"),
        pytest.param('A="abc" def\n', ".env:1: text after the closing quote", id="2-text-after"),
        pytest.param("# c\n\nSS_TOPIC\n", ".env:3: SS_TOPIC has no value; expected SS_TOPIC=VALUE", id="3"),
        pytest.param("CAMERA_ID=“abc”\n", "CAMERA_ID (.env:1): has typographic quotes", id="6"),
        pytest.param("CAMERA_ID=a\0b\n", ".env:1: CAMERA_ID has a NUL byte in its value", id="7"),
        pytest.param("CAMERA_ID=a\n#\nCAMERA_ID=b\n", "CAMERA_ID (.env:3): is also set at .env:1", id="8"),
        pytest.param("ss_topic=t\n", "ss_topic (.env:1): is no setting; did you mean SS_TOPIC?", id="9"),
        pytest.param("SHEDULE=10\n", "SHEDULE (.env:1): is no setting; did you mean SCHEDULE?", id="9-slip"),
        pytest.param("SCHEDOLE=10\n", "did you mean SCHEDULE?", id="9-changed"),
        pytest.param("SS-TOPIC=t\n", "SS-TOPIC (.env:1): is no setting; did you mean SS_TOPIC?", id="9-dash"),
        pytest.param("SSTOPIC=t\n", "did you mean SS_TOPIC?", id="9-left-out"),
        pytest.param("PICAMREA_ISO=1\n", "did you mean PICAMERA_ISO?", id="9-swapped"),
        pytest.param("- A=1\n", ".env:1: not NAME=VALUE", id="10"),
        pytest.param(ENOUGH.encode("utf-16"), ".env: not UTF-8 (looks like UTF-16)", id="11"),
        pytest.param(ENOUGH.encode("utf-16-le"), "not UTF-8 (looks like UTF-16)", id="11-no-mark"),
        pytest.param(b"A=1\nCAMERA_ID=\xff\n", ".env: not UTF-8 (line 2, byte 14)", id="11-latin"),
        pytest.param(
            "PICAMERA_RESOLUTON=VGA\n",
            "PICAMERA_RESOLUTON (.env:1): is no setting; did you mean PICAMERA_RESOLUTION?",
            id="13",
        ),
        pytest.param("SCHEDULE=\n", "SCHEDULE (.env:1): is empty", id="empty"),
        pytest.param("A" * (1 << 20) + "=1\n", ".env: larger than 1 MiB", id="huge"),
    ],
)
def test_a_line_that_does_not_mean_what_it_seems_is_told_with_its_number(
    text: str | bytes, expected: str, tmp_path: Path
) -> None:
    """Each mistake in the file gets its line."""
    assert any(expected in line for line in file_problems(tmp_path, text)), file_problems(tmp_path, text)


@pytest.mark.parametrize("quoted", ["pa${HOME}x", "'pa${HOME}x'", '"pa${HOME}x"'])
def test_dollar_signs_are_taken_as_they_stand(quoted: str, tmp_path: Path) -> None:
    """Nothing is put in place of ${HOME}."""
    assert in_file(tmp_path, f"{ENOUGH}SS_CLIENT_ID={quoted}\n").publish.routes[Family.STILL].common[
        "client_id"
    ] == ("pa${HOME}x")


def test_a_hash_that_cuts_a_value_short_is_warned_of(tmp_path: Path) -> None:
    """The library starts a comment there; a comment with a space after its # is one for sure."""
    settings = in_file(tmp_path, f"{ENOUGH}SS_CLIENT_ID=abc #def\nCAMERA_ID=x # my camera\n")
    assert settings.publish.routes[Family.STILL].common["client_id"] == "abc"
    assert [line for line in settings.warnings if "SS_CLIENT_ID (.env:3): an unquoted ` #` starts a" in line]
    assert len(settings.warnings) == 1


def test_quotes_keep_a_hash(tmp_path: Path) -> None:
    """What the warning advises helps."""
    settings = in_file(tmp_path, f'{ENOUGH}SS_CLIENT_ID="abc #def"\n')
    assert settings.publish.routes[Family.STILL].common["client_id"] == "abc #def"
    assert not settings.warnings


def test_a_folder_is_no_env_file(tmp_path: Path) -> None:
    """One line, no traceback."""
    (tmp_path / ".env").mkdir()
    with pytest.raises(SettingsError) as error:
        load(tmp_path / ".env", environ=BROKER, secrets_dirs=())
    assert told(error.value) == [
        f"ss-camera: config: .env: {tmp_path}/.env is a directory; expected a text file of NAME=VALUE lines"
    ]


def test_an_unreadable_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, no traceback."""
    write(tmp_path, ENOUGH, 0o000)
    monkeypatch.chdir(tmp_path)
    with not_root(), pytest.raises(SettingsError) as error:
        load(Path(".env"), environ=BROKER, secrets_dirs=())
    assert "cannot be read: permission denied" in told(error.value)[0]


def test_a_dangling_link_is_told(tmp_path: Path) -> None:
    """A link to nowhere is a mistake, not a missing file."""
    (tmp_path / ".env").symlink_to(tmp_path / "nowhere")
    with pytest.raises(SettingsError) as error:
        load(find_env_file(None, tmp_path, tmp_path), environ=BROKER, secrets_dirs=())
    assert "cannot be read: no such file or directory" in told(error.value)[0]


@pytest.mark.parametrize(
    ("secret", "mode", "warned"),
    [
        pytest.param("SSCFG_PRIVATE_KEY_X=1", 0o644, None, id="unknown"),
        pytest.param("SS_SSL_PASSWORD=qwertzui\nSS_TLS=on", 0o644, True, id="12"),
        pytest.param("CAMERA_URL=rtsp://me:qwertzui@cam/", 0o644, True, id="12-url"),
        pytest.param("SS_SSL_PASSWORD=qwertzui\nSS_TLS=on", 0o600, False, id="12-private"),
        pytest.param("CAMERA_ID=x", 0o644, False, id="12-no-secret"),
    ],
)
def test_secrets_that_everybody_can_read_are_warned_of(
    secret: str, mode: int, warned: bool | None, tmp_path: Path
) -> None:
    """With the command that mends it."""
    if warned is None:
        assert file_problems(tmp_path, f"{ENOUGH}{secret}\n")
        return
    warnings = in_file(tmp_path, f"{ENOUGH}{secret}\n", mode).warnings
    assert any("`chmod 600 " in line for line in warnings) == warned


@pytest.mark.parametrize("mark", ['"', "'"])
def test_quote_marks_that_docker_keeps_are_told(mark: str) -> None:
    """`docker run --env-file` takes quotes as part of the value."""
    line = problem(SS_TOPIC=f"{mark}t{mark}")
    assert "SS_TOPIC (environment): has quote marks around its value; docker's" in line


def test_quotes_that_belong_to_a_value_can_be_written_in_the_file(tmp_path: Path) -> None:
    """What is refused in the environment has a way."""
    settings = in_file(tmp_path, f"{ENOUGH}SS_CLIENT_ID='\"t\"'\n")
    assert settings.publish.routes[Family.STILL].common["client_id"] == '"t"'


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            {"LOG_LEVEL": "verbose"},
            'LOG_LEVEL (environment): "verbose" is not one of the 5 values; '
            "expected one of DEBUG, INFO, WARNING, ERROR, CRITICAL",
            id="14",
        ),
        pytest.param(
            {"LOG_FORMAT": "{asctime"},
            'LOG_FORMAT (environment): "{asctime" is not a log format; expected fields',
            id="15",
        ),
        pytest.param({"LOG_FORMAT": "{mesage}"}, "did you mean message?", id="15-field"),
        pytest.param({"LOG_FORMAT": "{message:>99999999999}"}, "width of more than 3 digits", id="15-width"),
        pytest.param({"LOG_FORMAT": "{message:>{thread}}"}, "one from another field", id="15-nested"),
        pytest.param({"LOG_FORMAT": "%(message)s"}, "did you mean {message}?", id="15-percent"),
        pytest.param(
            {"ss_topic": "t"}, "ss_topic (environment): is no setting; did you mean SS_TOPIC?", id="9"
        ),
        pytest.param({"PICAMERA_RESOLUTON": "VGA"}, "did you mean PICAMERA_RESOLUTION?", id="13"),
        pytest.param({"CAMERA_ID": "\udcff"}, "CAMERA_ID (environment): is not UTF-8", id="11"),
    ],
)
def test_the_environment_is_checked_alike(given: dict[str, str], expected: str) -> None:
    """A value's mistakes do not depend on its place."""
    assert expected in problem(given)


@pytest.mark.parametrize("level", ["debug", "WARN", "Critical"])
def test_log_levels_are_taken_in_any_case(level: str) -> None:
    """And the two short names that logging itself knows."""
    assert loaded(LOG_LEVEL=level).log.level in ("DEBUG", "WARNING", "CRITICAL")


def test_other_programs_variables_do_not_stop_us() -> None:
    """What is not ours is not judged in the environment, however much it looks like ours."""
    others = [
        "LOGNAME",
        "KAFKA_HEAP_OPTS",
        "KAFKA_CLIENTS",
        "SSH_AUTH_SOCK",
        "SHEDULE",
        "EVENT_LOG",
        "LOG_DIR",
        "home",
    ]
    assert loaded(dict.fromkeys(others, "x")).warnings == ()


def test_the_tests_own_switch_is_no_setting() -> None:
    """SS_TEST_REQUIRE_ALL is the test suite's, though it begins like ours."""
    assert loaded(SS_TEST_REQUIRE_ALL="1").warnings == ()


def test_other_programs_names_in_the_file_are_handed_on(tmp_path: Path) -> None:
    """The sample's README puts HTTPS_PROXY there; a broker's compose file shares it."""
    foreign = "HTTPS_PROXY=socks5h://proxy:1080\nKAFKA_MESSAGE_MAX_BYTES=8388620\nKAFKA_CLIENT_ID=x\n"
    settings = in_file(tmp_path, f"{ENOUGH}export {foreign}")
    assert settings.libraries == {
        "HTTPS_PROXY": "socks5h://proxy:1080",
        "KAFKA_MESSAGE_MAX_BYTES": "8388620",
        "KAFKA_CLIENT_ID": "x",
    }


def test_windows_line_ends_and_a_byte_order_mark_are_taken(tmp_path: Path) -> None:
    """A file from Notepad works."""
    settings = in_file(tmp_path, b"\xef\xbb\xbfSS_BROKERS=h\r\nexport SS_TOPIC=t\r\n")
    assert settings.publish.routes[Family.STILL].topic == "t"


def test_the_file_is_looked_for_here_and_then_beside_the_script(tmp_path: Path) -> None:
    """`--env-file` first, then `./.env`, then the script's folder, then none."""
    here, script = tmp_path / "here", tmp_path / "script"
    here.mkdir()
    script.mkdir()
    assert find_env_file(None, here, script) is None
    (script / ".env").touch()
    assert find_env_file(None, here, script) == script / ".env"
    (here / ".env").touch()
    assert find_env_file(None, here, script) == here / ".env"
    (here / "other").touch()
    assert find_env_file("other", here, script) == here / "other"


def test_a_file_that_is_asked_for_must_be_there(tmp_path: Path) -> None:
    """`--env-file` of a file that is not there is an error, not a start without it."""
    with pytest.raises(SettingsError) as error:
        find_env_file("other.env", tmp_path, tmp_path)
    assert told(error.value) == [
        f"ss-camera: config: --env-file other.env: {tmp_path}/other.env does not exist; "
        "expected the path of a file"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "SS_BROKERS=h\nSS_TOPIC='t\n",
        "SS_BROKERS='h\nSS_TOPIC=t\n",
        "SS_BROKERS=h\nSS_TOPIC=t\0\n",
        "SS_BROKERS=h\nss_topic=t\n",
        "SS_BROKERS=h\nSS_TOPIC\n",
        b"\xff\xfeS\0",
    ],
)
def test_what_stands_on_a_wrong_line_is_not_missing_besides(text: str | bytes, tmp_path: Path) -> None:
    """One mistake, one line."""
    assert len(file_problems(tmp_path, text)) == 1
