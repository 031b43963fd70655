"""The table of settings against its page, the samples, SINETStream, and both Kafka clients."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import dotenv
import pytest
import sinetstream
from hypothesis import given as for_all
from hypothesis import strategies as st
from kafka import KafkaConsumer, KafkaProducer

from scripts.make_settings_doc import PAGE, page
from sinetstreamplugin.rdkafka_options import Side
from sinetstreamplugin.rdkafka_translation import translate
from ss_camera.errors import SettingsError
from ss_camera.media import Family
from ss_camera.settings import TABLE, export, kafka_options, load
from ss_camera.settings.model import Route
from ss_camera.settings.table import find
from tests.settings.loading import in_file, loaded, told

ROOT = Path(__file__).parent.parent.parent
HIGH_RATE = """\
PICAMERA_RESOLUTION=QVGA
PICAMERA_FRAMERATE=5
SS_BROKERS=kafka.example.org:9092
SS_TOPIC=sinetstream.image.camera
SS_CONSISTENCY=AT_LEAST_ONCE
"""
LOW_RATE = HIGH_RATE.replace("QVGA", "VGA").replace("PICAMERA_FRAMERATE=5", "SCHEDULE=10")
FOUR_K = """\
PICAMERA_RESOLUTION=4K
SCHEDULE=every minute
SS_BROKERS=kafka.example.org:9092
SS_TOPIC=sinetstream.image.camera
SS_CONSISTENCY=AT_LEAST_ONCE
SS_MAX_REQUEST_SIZE=8388620
"""
PICAMERA2 = """\
PICAMERA2_SIZE=QVGA
PICAMERA2_CONTROLS_FRAME_RATE=5
PICAMERA2_TRANSFORM_HFLIP=1
PICAMERA2_BUFFER_COUNT=2
PICAMERA2_CONTROLS_AF_MODE=Continuous
PICAMERA2_CONTROLS_AWB_MODE=Tungsten
SS_BROKERS=kafka1:9092,kafka2:9092
SS_TOPIC=sinetstream.image.camera
"""


def test_the_page_is_made_from_the_table() -> None:
    """After a change of the table: scripts/make_settings_doc.py."""
    assert PAGE.read_text(encoding="utf-8") == page()


def test_a_name_is_declared_once() -> None:
    """And bears a sentence and an expectation."""
    names = [setting.name for setting in TABLE]
    assert len(names) == len(set(names))
    assert all(setting.doc.endswith(".") and setting.kind.expects for setting in TABLE)


@pytest.mark.parametrize("setting", [s for s in TABLE if s.default], ids=lambda s: s.name)
def test_a_default_that_is_a_value_is_one_that_the_kind_takes(setting: object) -> None:
    """Others tell in words what happens: the host name, unset."""
    declared = find(getattr(setting, "name", ""))
    assert declared is not None
    if declared.default not in ("the host name", "the source's own", "unset", "10 (a `file`: its own)"):
        declared.kind.parse(declared.default)


@pytest.mark.parametrize(
    ("name", "content"),
    [("dot_env-high_rate-sample", HIGH_RATE), ("dot_env-low_rate-sample", LOW_RATE)],
)
def test_the_samples_hold_what_their_readme_shows_and_load(name: str, content: str) -> None:
    """A user who copies one has a program that starts."""
    path = ROOT / name
    assert dotenv.dotenv_values(path) == dotenv.dotenv_values(stream=io.StringIO(content))
    settings = load(path, environ={}, secrets_dirs=())
    route = settings.publish.routes[Family.STILL]
    assert route.common["brokers"] == ["kafka.example.org:9092"]
    assert route.topic == "sinetstream.image.camera"
    assert settings.warnings == ()
    assert (settings.schedule is None) == (settings.camera.framerate == 5.0)


@pytest.mark.parametrize("content", [HIGH_RATE, LOW_RATE, FOUR_K, PICAMERA2], ids=["high", "low", "4k", "2"])
def test_the_examples_of_the_samples_readme_load(content: str, tmp_path: Path) -> None:
    """Old names and current ones, without a warning."""
    assert in_file(tmp_path, content).warnings == ()


def test_every_documented_option_of_kafka_python_is_a_setting_or_refused_with_a_reason() -> None:
    """Nothing that worked in the sample's .env is unknown."""
    ours = {"bootstrap_servers", "client_id"}
    known = (
        {s.name.removeprefix("SS_").lower() for s in kafka_options.SETTINGS} | ours | kafka_options.OBJECTS
    )
    for client in (KafkaProducer, KafkaConsumer):
        assert set(client.DEFAULT_CONFIG) <= known


def test_only_a_readers_options_are_kept_from_the_writer() -> None:
    """kafka-python's producer refuses names that it does not know."""
    for setting in kafka_options.SETTINGS:
        key = setting.name.removeprefix("SS_").lower()
        if setting.name not in kafka_options.LIBRDKAFKA_ONLY:
            assert (setting.part == "reader") == (key not in KafkaProducer.DEFAULT_CONFIG), key


VALUES = {
    "SS_ACKS": "all",
    "SS_API_VERSION": "2.6.0",
    "SS_COMPRESSION_TYPE": "gzip",
    "SS_SECURITY_PROTOCOL": "SASL_SSL",
    "SS_SASL_MECHANISM": "GSSAPI",
    "SS_AUTO_OFFSET_RESET": "latest",
    "SS_CONNECTION_TIMEOUT_MS": "2000",
}


def value_for(name: str, folder: Path) -> str:
    """Some value that the setting takes."""
    declared = find(name)
    assert declared is not None
    for text in (VALUES.get(name, ""), "true", "1", str(folder / "file")):
        try:
            declared.kind.parse(text)
        except ValueError:
            continue
        if text:
            return text
    raise AssertionError(name)


@pytest.mark.parametrize("setting", kafka_options.SETTINGS, ids=lambda setting: setting.name)
def test_what_is_taken_for_librdkafka_its_plugin_translates(setting: object, tmp_path: Path) -> None:
    """An option that only the plugin would refuse, at the first connection, is refused here at the start."""
    name = str(getattr(setting, "name", ""))
    (tmp_path / "file").write_text("x")
    if name in kafka_options.KAFKA_PYTHON_ONLY:
        return
    declared = find(name)
    assert declared is not None
    key = kafka_options.LIBRDKAFKA_ONLY.get(name, name.removeprefix("SS_").lower())
    side = Side.READER if declared.part == "reader" else Side.WRITER
    assert translate({key: declared.kind.parse(value_for(name, tmp_path))}, side)


@for_all(
    given=st.dictionaries(
        st.sampled_from([setting.name.replace("*", "X") for setting in TABLE]),
        st.one_of(
            st.text(st.characters(exclude_characters="\0"), max_size=30),
            st.sampled_from(
                ["~nobody-here/x", "/dev/zero", "(" * 50, "-", "0", "9" * 30, "[]", "{", "mqtt", "s3"]
            ),
        ),
        max_size=5,
    )
)
def test_no_value_of_any_setting_ends_in_a_traceback(given: dict[str, str]) -> None:
    """Either settings or lines for a person."""
    lines: list[str] = []
    try:
        load(None, environ={"HOME": "/nowhere", **given}, secrets_dirs=())
    except SettingsError as error:
        lines = told(error)
    assert all(line.isprintable() for line in lines)


def writer(route: Route) -> object:
    """SINETStream's own writer of a route, not connected."""
    made = sinetstream.AsyncMessageWriter(
        no_config=True,
        type=route.type,
        topic=route.topic,
        consistency=route.consistency,
        type_spec=dict(route.type_spec),
        **route.common,
    )
    return made._debug_get_plugin()


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({}, id="kafka"),
        pytest.param({"SS_TLS__CHECK_HOSTNAME": "true", "SS_COMPRESSION_TYPE": "none"}, id="kafka-tls"),
        pytest.param(
            {
                "SS_DATA_ENCRYPTION": "true",
                "SS_CRYPTO__ALGORITHM": "AES",
                "SS_CRYPTO__MODE": "EAX",
                "SS_CRYPTO__PASSWORD__VALUE": "long enough",
                "SS_DATA_COMPRESSION": "true",
                "SS_COMPRESSION__ALGORITHM": "zstd",
                "SS_COMPRESSION__LEVEL": "3",
            },
            id="kafka-crypto",
        ),
        pytest.param(
            {
                "SS_TYPE": "mqtt",
                "SS_TLS__CIPHERS": "HIGH",
                "SS_TLS__TLS_VERSION": "PROTOCOL_TLS",
                "SS_USERNAME_PW__USERNAME": "u",
                "SS_USERNAME_PW__PASSWORD": "p",
                "SS_WILL__TOPIC": "t",
                "SS_WILL__PAYLOAD": "gone",
                "SS_RECONNECT_DELAY__MIN_DELAY": "1",
                "SS_MAX_QUEUED_MESSAGES__QUEUE_SIZE": "9",
                "SS_WS_OPTIONS__PATH": "/mqtt",
                "SS_TRANSPORT": "websockets",
            },
            id="mqtt",
        ),
        pytest.param(
            {
                "SS_TYPE": "s3",
                "SS_BROKERS": None,
                "SS_BUCKET": "pictures",
                "SS_PREFIX": "p",
                "SS_SUFFIX": ".jpg",
                "SS_NAME": "hour",
                "SS_UTC_OFFSET": "+0900",
            },
            id="s3",
        ),
    ],
)
def test_sinetstream_takes_the_route(given: dict[str, str | None]) -> None:
    """Its own writer and its real plugins, with the configuration in memory."""
    assert writer(loaded(given).publish.routes[Family.STILL])


def test_mqtts_login_reaches_paho() -> None:
    """Keys in the wrong place are silently ignored."""
    given = {
        "SS_TYPE": "mqtt",
        "SS_USERNAME_PW__USERNAME": "cam",
        "SS_USERNAME_PW__PASSWORD": "007",
        "SS_TLS": "1",
    }
    plugin = writer(loaded(given, SS_BROKERS="h").publish.routes[Family.STILL])
    paho = getattr(plugin, "_mqttc", None)
    assert (paho._username, paho._password) == (b"cam", b"007")
    assert paho._ssl is True
    assert (getattr(plugin, "host", ""), getattr(plugin, "port", 0), getattr(plugin, "qos", 0)) == (
        "h",
        8883,
        1,
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param(
            {"SS_TYPE": "mqtt", "SS_BROKERS": "h"},
            "SS_TYPE (environment): mqtt needs a package that is not installed; "
            "expected it to be installed: pip install sinetstream-mqtt",
            id="28",
        ),
        pytest.param(
            {
                "SS_TYPE": "s3",
                "SS_BUCKET": "bbb",
                "SS_PREFIX": "p",
                "SS_SUFFIX": "s",
                "SS_NAME": "day",
            },
            "pip install sinetstream-s3",
            id="28-s3",
        ),
        pytest.param(
            {"SS_BROKERS": "h", "KAFKA_CLIENT": "kafka-python"},
            "pip install sinetstream-kafka kafka-python-ng",
            id="kafka-python",
        ),
        pytest.param(
            {"KAFKA_CLIENT": "librdkafka", "SS_BROKERS": "h"},
            "KAFKA_CLIENT (environment): kafka (librdkafka) needs a package that is not installed; "
            "expected it to be installed: pip install confluent-kafka",
            id="client",
        ),
    ],
)
def test_a_package_that_is_missing_is_told_with_its_command(
    given: dict[str, str], expected: str, tmp_path: Path
) -> None:
    """Row 28: one line, nothing imported to find out."""
    lines = on_a_bare_python(tmp_path, given)
    assert len(lines) == 1
    assert expected in lines[0]


def on_a_bare_python(folder: Path, given: dict[str, str]) -> list[str]:
    """The problems on a Python that has python-dotenv and no other library."""
    (folder / "ss_camera").symlink_to(ROOT / "ss_camera")
    (folder / "dotenv").symlink_to(Path(dotenv.__file__).parent)
    code = (
        "from ss_camera import errors, settings\n"
        "try: settings.load(None, secrets_dirs=())\n"
        "except errors.SettingsError as error: print(error)\n"
    )
    said = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(folder), "SS_TOPIC": "t", "PYTHONDONTWRITEBYTECODE": "1", **given},
        capture_output=True,
        text=True,
        timeout=30,
        cwd=folder,
    )
    assert not said.stderr
    return said.stdout.splitlines()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"SS_COMPRESSION__ALGORITHM": "lz4"}, "pip install sinetstream-comp-lz4"),
        (
            {"SS_TYPE": "mqtt", "SS_WILL__TOPIC": "t", "SS_WILL__PAYLOAD": "p"},
            "pip install sinetstream-iostream",
        ),
    ],
)
def test_what_a_feature_needs_besides_is_told(given: dict[str, str], expected: str, tmp_path: Path) -> None:
    """Row 28: SINETStream would only say that a plugin was not found."""
    assert any(expected in line for line in on_a_bare_python(tmp_path, {"SS_BROKERS": "h", **given}))


def test_the_settings_need_no_library_but_dotenv() -> None:
    """`check` and the start stay quick: no picture, array or broker library is imported."""
    code = (
        "import sys; from pathlib import Path; from ss_camera import settings\n"
        "settings.load(Path('dot_env-low_rate-sample'), environ={}, secrets_dirs=())\n"
        "print(*{name.split('.')[0] for name in sys.modules})"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=30, cwd=ROOT, check=True
    )
    heavy = {
        "numpy",
        "PIL",
        "av",
        "sinetstream",
        "yaml",
        "kafka",
        "confluent_kafka",
        "paho",
        "boto3",
        "ssl",
        "asyncio",
    }
    assert not heavy & set(said.stdout.split())


def test_what_the_file_says_to_libraries_is_exported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the sample did; the environment itself goes before."""
    monkeypatch.setenv("NO_PROXY", "here")
    monkeypatch.delenv("HTTPS_PROXY", raising=False)
    export(in_file(tmp_path, "SS_BROKERS=h\nSS_TOPIC=t\nHTTPS_PROXY=http://p:1\nNO_PROXY=there\n"))
    try:
        assert os.environ["HTTPS_PROXY"] == "http://p:1"
        assert os.environ["NO_PROXY"] == "here"
    finally:
        os.environ.pop("HTTPS_PROXY", None)
