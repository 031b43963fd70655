"""A Kafka version in, the folder of its jars out, fetched once from Maven Central into .cache."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from scripts.one_process import CACHE, one_process

VERSION = "4.1.0"
FETCH_TIMEOUT_S = 600.0

# slf4j-simple: Kafka's POM names no logging backend, and without one a start that fails says nothing
_POM = """<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>ss-camera</groupId><artifactId>kafka-node</artifactId><version>1</version>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>{version}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
"""


class JarsMissing(RuntimeError):
    """The jars are not in the cache and could not be fetched; the message says why, in one line."""


def cached(version: str = VERSION) -> Path | None:
    """The folder of the jars where they are here already."""
    libs = CACHE / f"kafka-{version}" / "libs"
    return libs if libs.is_dir() else None


def fetch(version: str = VERSION) -> Path:
    """The folder of the jars (46 files, 43 MB), fetched with `mvn` where they are not here yet.

    Raises `JarsMissing` where there is no Maven, or no network.
    """
    if (libs := cached(version)) is not None:
        return libs
    maven = shutil.which("mvn")
    if maven is None:
        raise JarsMissing("Maven (mvn) is not installed")
    with one_process("kafka-jars"):
        return cached(version) or _fetch(maven, version)


def _fetch(maven: str, version: str) -> Path:
    folder = CACHE / f"kafka-{version}"
    # under another name until all is there: a run that is killed leaves no half of it
    part = folder / "libs.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    pom = folder / "pom.xml"
    pom.write_text(_POM.format(version=version))
    _run_maven(maven, pom, part)
    return part.rename(folder / "libs")


def _run_maven(maven: str, pom: Path, target: Path) -> None:
    command = [maven, "-q", "-B", "-f", str(pom), f"-Dmaven.repo.local={CACHE / 'm2'}"]
    command += ["dependency:copy-dependencies", f"-DoutputDirectory={target}", "-DincludeScope=runtime"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_TIMEOUT_S)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise JarsMissing(f"Maven did not fetch Kafka's jars within {FETCH_TIMEOUT_S:.0f} s") from None
    if done.returncode:
        said = (done.stdout + done.stderr).strip().splitlines() or ["nothing"]
        raise JarsMissing(f"Maven could not fetch Kafka's jars: {said[0]}")
