"""The documents against the program: what they name is there, and their examples work."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import ss_camera
from ss_camera import message
from ss_camera.app import Exit
from ss_camera.clock import FakeClock
from ss_camera.media import Family, Reason
from ss_camera.settings import load
from ss_camera.settings.table import find
from tests.pictures import still
from tests.test_layers import LAYERS

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
SAMPLES = sorted(ROOT.glob("dot_env-*-sample"))
TARGETS = set(re.findall(r"(?m)^([a-z0-9-]+):", (ROOT / "Makefile").read_text()))
# names of others that the documents use: the broker's compose file, Debian, the tests
NOT_OURS = {"BROKER_HOSTNAME", "SS_TEST_REQUIRE_ALL", "CREDENTIALS_DIRECTORY"}
PREFIXES = (
    *("CAMERA", "PICAMERA", "SS_", "SSCFG_", "SCHEDULE", "QUEUE_", "LOG_", "KAFKA_", "SYNTHETIC_"),
    *("MOTION_", "CLIP_", "EVENT_", "RECORDING_", "STILLS"),
)
each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())


def blocks(path: Path, language: str) -> list[str]:
    """The fenced examples of one language, without their indent in a list."""
    found = re.findall(rf"(?ms)^( *)```{language}\n(.*?)^ *```", path.read_text())
    return [re.sub(rf"(?m)^{indent}", "", body) for indent, body in found]


def prose(path: Path) -> str:
    return re.sub(r"(?ms)^ *```.*?^ *```", "", path.read_text())


def anchors(path: Path) -> set[str]:
    """Headings as GitHub makes them addresses."""
    titles = re.findall(r"(?m)^#+ (.*)$", prose(path))
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@each_document
def test_links_lead_somewhere(path: Path) -> None:
    """Every relative link names a file that is there, and a heading that the file has."""
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(path)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (path.parent / name).resolve() if name else path
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


def test_every_document_is_reached_from_the_readme() -> None:
    """Nothing is written where nobody finds it."""
    reached, new = set(), {ROOT / "README.md"}
    while new:
        path = new.pop()
        reached.add(path)
        assert path.exists(), path
        links = re.findall(r"\]\(([^)#\s]+\.md)[^)]*\)", path.read_text())
        linked = {(path.parent / link).resolve() for link in links if ":" not in link}
        new |= linked - reached
    assert set(DOCUMENTS) <= reached


@each_document
def test_make_targets_exist(path: Path) -> None:
    """What is said to be made can be made."""
    text = "\n".join([*blocks(path, "console"), *re.findall(r"`([^`]+)`", prose(path))])
    assert set(re.findall(r"\bmake ([a-z][a-z0-9-]+)", text)) <= TARGETS


@each_document
def test_files_exist(path: Path) -> None:
    """What is named by its path in the checkout is there; `NAME.py` stands for one to be written."""
    folders = "ss_camera|sinetstreamplugin|viewer|tests|scripts|docker|docs"
    for name in re.findall(rf"`((?:{folders})/[\w./-]+)`", prose(path)):
        # an .env is for its user to write
        assert "NAME" in name or name.endswith("/.env") or (ROOT / name).exists(), name


@each_document
def test_settings_exist(path: Path) -> None:
    """Every name under our prefixes is a setting, or the broker's own in its compose file."""
    brokers = (ROOT / "docker/kafka/compose.yaml").read_text()
    text = "\n".join(re.findall(r"`([^`\n]+)`", prose(path)) + blocks(path, r"\w*"))
    for name in set(re.findall(r"(?<![\w./])[A-Z][A-Z0-9_]{3,}(?![\w.(])", text)):
        if name.startswith(PREFIXES) and name not in NOT_OURS | misspelt(path) and not name.endswith("_"):
            assert find(name) or f"{name}:" in brokers or name in brokers_properties(path), name


def misspelt(path: Path) -> set[str]:
    """Names that a document shows as mistakes."""
    return {"PICAMERA_RESOLUTON"} if path.name == "troubleshooting.md" else set()


def brokers_properties(path: Path) -> set[str]:
    """KAFKA_* of the broker that the compose file does not set itself."""
    return {"KAFKA_LOG_RETENTION_BYTES", "KAFKA_A_B"} if path.name == "broker.md" else set()


def env_examples() -> Iterator[tuple[str, str]]:
    for path in DOCUMENTS:
        for number, body in enumerate(blocks(path, "dotenv")):
            yield f"{path.relative_to(ROOT).as_posix()}[{number}]", body
    for path in SAMPLES:
        yield path.name, path.read_text()


@pytest.mark.parametrize(("name", "body"), [pytest.param(*e, id=e[0]) for e in env_examples()])
def test_env_examples_are_valid(name: str, body: str, tmp_path: Path) -> None:
    """Every `.env` of the documents is a whole one: it loads without a problem and without a warning."""
    file = tmp_path / ".env"
    # files that an example names are on the reader's machine
    here = re.sub(r"(?m)^(\w+=)/(?:etc|home)/\S*/(\S+)$", rf"\g<1>{tmp_path}/\g<2>", body)
    for path in re.findall(rf"{tmp_path}/(\S+)", here):
        (tmp_path / path).write_text(certificate() if path.endswith(".pem") else "")
    file.write_text(here)
    file.chmod(0o600)
    settings = load(file, environ={}, secrets_dirs=())
    assert settings.publish.routes[Family.STILL].topic
    assert not settings.warnings


def certificate() -> str:
    """The PEM of an authority."""
    from tests.parts import need

    need("cryptography")
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=1))
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def test_the_samples_are_the_guides_examples() -> None:
    """Those of the SINETStream sample, and one with motion."""
    names = [f"dot_env-{name}-sample" for name in ("high_rate", "low_rate", "motion")]
    assert [path.name for path in SAMPLES] == names


def test_the_readmes_commands_are_the_makefiles() -> None:
    """Two commands for a newcomer, and the three that make a venv of the checkout."""
    commands = "\n".join(blocks(ROOT / "README.md", "console"))
    assert {"demo", "test"} <= set(re.findall(r"\$ make ([\w-]+)", commands)) <= TARGETS
    venv = "python -m venv --system-site-packages ."
    assert f"$ {venv}\n$ source bin/activate\n$ pip install -r requirements.txt\n" in commands
    for script in re.findall(r"\$ (?:\./)?([\w./-]+\.py)", commands):
        assert os.access(ROOT / script, os.X_OK), script
    for name in re.findall(r"-r (\S+)", commands):
        assert (ROOT / name).exists(), name


def test_the_changelogs_newest_version_is_this_one() -> None:
    """A release without a word on it is none."""
    found = re.search(r"(?m)^## (\S+)", (ROOT / "CHANGELOG.md").read_text())
    assert found
    assert found[1] == ss_camera.__version__
    assert f"({ss_camera.__version__})" in (ROOT / "README.md").read_text()


def test_the_exit_codes_are_the_programs() -> None:
    """The table of troubleshooting.md has each code."""
    text = (ROOT / "docs/guide/troubleshooting.md").read_text()
    assert {int(code) for code in re.findall(r"(?m)^\| (\d+) \|", text)} == {int(code) for code in Exit}


def test_quoted_log_lines_are_the_programs() -> None:
    """What troubleshooting.md quotes in its first columns is said by some module."""
    said = "\n".join(
        "".join(strings(ast.parse(path.read_text())))
        for folder in ("ss_camera", "viewer", "sinetstreamplugin")
        for path in (ROOT / folder).rglob("*.py")
    )
    text = (ROOT / "docs/guide/troubleshooting.md").read_text()
    for quoted in re.findall(r"(?m)^\| `([^`]+)` \|", text):
        assert re.sub(r"\{.*\}", "", quoted) in said, quoted


def strings(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(v.value) if isinstance(v, ast.Constant) else "\0" for v in node.values) + "\n"
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value + "\n"


def test_the_layers_of_the_document_are_the_tested_ones() -> None:
    """frame.md and test_layers.py show the same table."""
    text = (ROOT / "docs/design/frame.md").read_text()
    rows = re.findall(r"(?m)^\| \d \| (.*) \|$", text)
    assert [sorted(re.findall(r"`(\w+)`", row)) for row in rows] == [sorted(layer) for layer in LAYERS]


def test_every_library_has_its_reason() -> None:
    """A pin that nobody can explain has no place in the requirements of the camera and the viewer."""
    text = (ROOT / "docs/design/libraries.md").read_text()
    files = [
        ROOT / "requirements.txt",
        ROOT / "requirements-core.txt",
        *ROOT.glob("viewer/requirements*.txt"),
    ]
    for file in files:
        for name in re.findall(r"(?m)^([a-z][\w.-]*)==", file.read_text()):
            assert re.search(rf"(?<![\w-]){name}(?![\w-])", text), name


GLOSSARY = (ROOT / "docs/glossary.md").read_text()


def test_the_glossary_is_in_order() -> None:
    """Sorted, each word once."""
    rows = re.findall(r"(?m)^\| (.+?) \| .+ \|$", GLOSSARY)[1:]
    first = [row.split(",")[0].lower() for row in rows]
    assert len(first) > 40
    assert first == sorted(set(first))


def test_what_the_code_is_made_of_is_in_the_glossary() -> None:
    """The classes that cross or make up the flow are named by words of the glossary, or stand in it."""
    rows = re.findall(r"(?m)^\| (.+?) \| .+ \|$", GLOSSARY)
    words = {word.strip().lower() for row in rows for word in row.split(",")}
    places = ["media.py", "message.py", "outbox.py", "pipeline.py", "publisher.py", "scheduling.py"]
    for place in [*places, "sources/base.py", "sinks/base.py", "clock.py"]:
        for node in ast.parse((ROOT / "ss_camera" / place).read_text()).body:
            if isinstance(node, ast.ClassDef) and f"`{node.name}`" not in GLOSSARY:
                last = re.findall(r"[A-Z][a-z]+", node.name)[-1].lower()
                assert words & {node.name.lower(), last}, node.name


def test_a_still_is_as_the_reference_says(tmp_path: Path) -> None:
    """The JSON example has the fields of a real message in their order; the Pillow example reads it."""
    reference = ROOT / "docs/reference/messages.md"
    made = message.Sequence("gate-3", FakeClock(), boot="5f0c6c2e-8f57-4a5e-9a4f-0c2f6f7b2a10")
    payload = made.still(still(), Reason.STREAM).payload
    (example,) = blocks(reference, "json")
    identity = message.read(payload).identity
    assert identity
    assert json.dumps(json.loads(example), separators=(",", ":")) == identity.to_json()
    table = re.findall(r"(?m)^\| `(\w+)` \| (?:integer|string)", reference.read_text())
    assert table == [*json.loads(example), "event"]
    (tmp_path / "picture.jpg").write_bytes(payload)
    with_pillow, _ = blocks(reference, "python")
    assert run(with_pillow, tmp_path) == "gate-3 0 2025-11-21T08:00:00.123456Z\n"


def test_the_stock_reader_gets_a_still_as_the_reference_says(tmp_path: Path, mock_cluster: str) -> None:
    """SINETStream's own reader, configured and called as in the reference, gives the JPEG and its time."""
    from sinetstream import MessageWriter

    from tests.kafka_topics import new_name

    reference = ROOT / "docs/reference/messages.md"
    topic = new_name()
    (config,) = blocks(reference, "yaml")
    config = config.replace("kafka.example.org:9092", mock_cluster).replace("sinetstream.image.camera", topic)
    (tmp_path / ".sinetstream_config.yml").write_text(config)
    made = message.Sequence("gate-3", FakeClock()).still(still(), Reason.STREAM)
    with MessageWriter(
        no_config=True, type="kafka", brokers=mock_cluster, topic=topic, consistency="AT_LEAST_ONCE"
    ) as writer:
        writer.publish(made.payload, timestamp=(made.captured_us + 0.5) / 1e6)
    _, with_sinetstream = blocks(reference, "python")
    assert run(with_sinetstream, tmp_path) == f"1763712000.123456 {len(made.payload)}\n"
    assert (tmp_path / "picture.jpg").read_bytes() == made.payload


def run(code: str, folder: Path) -> str:
    """What the example prints, run in `folder`."""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
