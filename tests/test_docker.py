"""The files below docker/: what an engine would read in them, and the broker that they describe, run here."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from ss_camera.app import CAPTURE_STOP_S, PUBLISH_STOP_S
from tests.parts import missing, need

ROOT = Path(__file__).parent.parent
DOCKER = ROOT / "docker"
DOCKERFILE = (DOCKER / "Dockerfile").read_text()
CAMERA = (DOCKER / "compose.yaml").read_text()
PI = (DOCKER / "compose.pi.yaml").read_text()
BROKER = (DOCKER / "kafka" / "compose.yaml").read_text()
SAMPLE = (DOCKER / "kafka" / "dot_env-sample").read_text()


def interpolated(text: str, values: Mapping[str, str]) -> str:
    """`${A:-default}` and `${A:?message}` as Compose reads them."""

    def value(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        if values.get(name):
            return values[name]
        assert kind == ":-", f"{name}: {rest}"
        return str(rest)

    return re.sub(r"\$\{(\w+)(?:(:[-?])([^}]*))?\}", value, text)


def sample() -> dict[str, str]:
    return dict(line.split("=", 1) for line in SAMPLE.splitlines() if line and line[0] != "#")


def broker(values: Mapping[str, str]) -> Any:
    return yaml.safe_load(interpolated(BROKER, values))["services"]["broker"]


def with_what_is_offered(text: str) -> str:
    """The same with its commented settings switched on (`#key:` and `#  - item`; prose is `# text`)."""
    return re.sub(r"(?m)^( *)#(?= {2,}\S|[a-z])", r"\1", text)


def instructions(name: str) -> list[list[str]]:
    joined = DOCKERFILE.replace("\\\n", " ")
    return [shlex.split(line)[1:] for line in joined.splitlines() if line.startswith(name + " ")]


def copied() -> list[tuple[str, str]]:
    """What the Dockerfile takes from the checkout: source and place below /opt/ss-camera."""
    copies = [words for words in instructions("COPY") if not words[0].startswith("--from")]
    return [(source, words[-1].removeprefix("/opt/ss-camera")) for words in copies for source in words[:-1]]


def test_the_containers_hold_no_python_of_their_own() -> None:
    """What runs in a container is what is tested."""
    assert not list(DOCKER.rglob("*.py"))


def test_what_is_copied_is_there_and_reaches_the_engine() -> None:
    """The ignore file lets through what the Dockerfile copies, and no settings file."""
    rules = [
        line
        for line in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines()
        if line and line[0] != "#"
    ]
    assert rules[0] == "*"

    def passes(name: str) -> bool:
        verdict = True
        for rule in rules:
            if fnmatch(name, rule.removeprefix("!")):
                verdict = rule.startswith("!")
        return verdict

    for source, _ in copied():
        assert (ROOT / source).exists(), source
        assert passes(source), source
    assert not passes(".env")
    assert not passes("docker")


def test_what_is_copied_is_enough_to_run(tmp_path: Path) -> None:
    """The image has every module that the program imports on its way to a synthetic camera."""
    for source, place in copied():
        if (ROOT / source).is_dir():
            target = tmp_path / place.lstrip("/")
            shutil.copytree(ROOT / source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, tmp_path / source)
    settings = {"CAMERA": "synthetic", "SS_BROKERS": "127.0.0.1:9", "SS_TOPIC": "t"}
    modules = "ss_camera.app, ss_camera.sinks.sinetstream, ss_camera.sources"
    for arguments in (["ss-camera.py", "check"], ["-c", f"import {modules}; print(ss_camera.__file__)"]):
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=tmp_path,
            env={"PATH": os.defpath, "PYTHONDONTWRITEBYTECODE": "1", **settings},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith(str(tmp_path)), "the modules of the copy are to be imported"


def test_requirement_files_name_no_file_that_is_missing() -> None:
    """`-r` in a copied requirements file leads to a copied one."""
    names = {source for source, _ in copied()}
    for name in [name for name in names if name.startswith("requirements")]:
        assert set(re.findall(r"(?m)^-r (\S+)", (ROOT / name).read_text())) <= names


def test_the_image_runs_the_program_as_an_ordinary_user() -> None:
    """Not root, in the group that owns cameras; the program can be executed as it is."""
    assert instructions("USER") == [["camera"]]
    assert "--groups video" in DOCKERFILE
    assert 'ENTRYPOINT ["/opt/ss-camera/ss-camera.py"]' in DOCKERFILE
    assert os.access(ROOT / "ss-camera.py", os.X_OK)


def test_the_camera_gets_its_devices_and_nothing_more() -> None:
    """No container of ours is privileged as it is shipped."""
    service = yaml.safe_load(CAMERA)["services"]["camera"]
    assert "privileged" not in service
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service["group_add"] == ["video"]
    assert service["devices"] == ["/dev/video0:/dev/video0"]
    assert "/run/udev:/run/udev:ro" in service["volumes"]
    assert float(service["stop_grace_period"].removesuffix("s")) > CAPTURE_STOP_S + PUBLISH_STOP_S


def test_the_image_for_the_pi_takes_the_hosts_own_packages() -> None:
    """picamera2 from the repository that the host uses, by its keys; the ordinary image takes neither."""
    service = yaml.safe_load(interpolated(PI, {}))["services"]["camera"]
    contexts = service["build"]["additional_contexts"]
    stages = {words[-1] for words in instructions("FROM") if "AS" in words}
    assert set(contexts) <= stages
    arguments = {words[0].split("=")[0]: words[0].partition("=")[2] for words in instructions("ARG")}
    assert arguments["CAMERA_PACKAGES"] == ""
    assert service["build"]["args"] == {
        "RELEASE": arguments["RELEASE"],
        "CAMERA_PACKAGES": "python3-picamera2 libcamera-ipa",
    }
    assert service["environment"] == {"CAMERA": "picamera2"}
    assert "--system-site-packages" in DOCKERFILE


def listed(root: Path) -> tuple[Any, str]:
    """What scripts/camera-devices finds below `root`, and what it complains of."""
    ran = subprocess.run(
        [ROOT / "scripts" / "camera-devices", root], capture_output=True, text=True, timeout=30
    )
    return yaml.load(ran.stdout.replace("!override", ""), yaml.SafeLoader), ran.stderr


def test_a_pis_devices_are_named_one_by_one(tmp_path: Path) -> None:
    """Video, media and DMA devices are in the list, and none besides; their group is the container's."""
    ours = ["video0", "video11", "media0", "v4l-subdev0", "dma_heap/linux,cma", "vchiq"]
    for name in [*ours, "sda", "mem", "video", "ttyS0"]:
        device = tmp_path / "dev" / name
        device.parent.mkdir(parents=True, exist_ok=True)
        device.touch()
        if os.geteuid() == 0:
            os.chown(device, 0, 44)
    found, complaint = listed(tmp_path)
    service = found["services"]["camera"]
    assert sorted(service["devices"]) == sorted(f"/dev/{name}:/dev/{name}" for name in ours)
    assert service.get("group_add") == ([str(tmp_path.joinpath("dev/vchiq").stat().st_gid)])
    assert not complaint


def test_without_a_camera_the_list_is_not_made(tmp_path: Path) -> None:
    """One sentence in place of a list that would hide the fault."""
    found, complaint = listed(tmp_path)
    assert found is None
    assert "there is no camera device" in complaint


def test_what_is_offered_in_comments_is_right() -> None:
    """Host names, secrets and the privileged fallback work when the comment signs are taken away."""
    whole = yaml.safe_load(with_what_is_offered(CAMERA))
    service = whole["services"]["camera"]
    assert service["extra_hosts"] == ["kafka.example.org:192.168.2.100"]
    assert service["privileged"] is True
    assert set(service["secrets"]) == set(whole["secrets"])
    assert len(service["devices"]) == 2


def test_the_broker_needs_its_name() -> None:
    """Without BROKER_HOSTNAME clients would be sent to nowhere: Compose stops with a sentence."""
    with pytest.raises(AssertionError, match="set BROKER_HOSTNAME"):
        broker({})


def test_the_sample_raises_the_limit_and_the_default_is_kafkas() -> None:
    """KAFKA_MESSAGE_MAX_BYTES reaches the broker; unset, it is Kafka's own 1 MiB."""
    assert broker(sample())["environment"]["KAFKA_MESSAGE_MAX_BYTES"] == "8388620"
    assert broker({"BROKER_HOSTNAME": "h"})["environment"]["KAFKA_MESSAGE_MAX_BYTES"] == "1048588"


def test_clients_are_told_the_published_port() -> None:
    """The listener for clients, its advertised address and the published port agree."""
    service = broker({"BROKER_HOSTNAME": "kafka.example.org"})
    assert service["ports"] == ["9092:9092"]
    assert "CLIENTS://:9092" in service["environment"]["KAFKA_LISTENERS"]
    assert "CLIENTS://kafka.example.org:9092" in service["environment"]["KAFKA_ADVERTISED_LISTENERS"]
    folder = service["environment"]["KAFKA_LOG_DIRS"]
    assert service["volumes"] == [f"data:{folder}"]


def test_the_broker_of_the_compose_file_takes_large_pictures(tmp_path: Path) -> None:
    """Apache's image turns the environment into properties by a class that Kafka ships: it is run here,
    and a Kafka started from its result takes a message of 8 MB."""
    need("java", "mvn", "confluent_kafka", "cryptography")
    from confluent_kafka import Producer

    from scripts import kafka_jars
    from scripts.free_port import free_port
    from scripts.kafka_node import KafkaNode

    service = broker({**sample(), "BROKER_HOSTNAME": "localhost"})
    assert service["image"] == f"apache/kafka:{kafka_jars.VERSION}"
    try:
        node = KafkaNode(tmp_path / "node")
    except kafka_jars.JarsMissing as error:
        missing(str(error))
    ports = {"9092": node.bootstrap.rsplit(":", 1)[1], "9093": str(free_port()), "9094": str(free_port())}
    environment = {name: moved(value, ports) for name, value in service["environment"].items()}
    environment["KAFKA_LOG_DIRS"] = str(tmp_path / "data")
    set_up_as_the_image_does(node.folder, environment, kafka_jars.fetch())
    with node:
        results: list[str] = []
        producer = Producer({"bootstrap.servers": node.bootstrap, "message.max.bytes": 8_388_620})
        for size in (8_000_000, 8_388_500):
            producer.produce("t", bytes(size), on_delivery=lambda error, _: results.append(str(error)))
        assert producer.flush(30) == 0
        assert results == ["None", "None"]


def moved(value: str, ports: Mapping[str, str]) -> str:
    """A listener on free ports of loopback in place of the container's."""
    value = value.replace("CLIENTS://:", "CLIENTS://127.0.0.1:")
    for port, free in ports.items():
        value = re.sub(rf":{port}\b", f":{free}", value)
    return value


def set_up_as_the_image_does(folder: Path, environment: Mapping[str, str], jars: Path) -> None:
    """The image's own first step: properties from the environment, and a formatted log."""
    for name in ("defaults", "mounted"):
        (folder / name).mkdir(parents=True)
    for place in (folder / "defaults", folder):
        for name in ("server.properties", "log4j2.yaml", "tools-log4j2.yaml"):
            (place / name).touch()
    folders = {"default": "defaults", "mounted": "mounted", "final": "."}
    arguments = [
        word for name, path in folders.items() for word in (f"--{name}-configs-dir", str(folder / path))
    ]
    java = ["java", "-cp", f"{jars}/*", "kafka.docker.KafkaDockerWrapper", "setup", *arguments]
    cluster = {"CLUSTER_ID": "5L6g3nShT-eMCtK--X86sw", "PATH": os.environ["PATH"]}
    done = subprocess.run(java, env={**environment, **cluster}, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr[-1000:]
