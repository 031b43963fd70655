"""A Kafka version in, the folder of its jars out, fetched once from Maven Central into .cache."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

VERSION = "4.1.0"
CACHE = Path(__file__).resolve().parent.parent / ".cache"
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
    folder = CACHE / f"kafka-{version}"
    # two runs may fetch at the same time: each into a folder of its own, and the first rename wins
    part = folder / f"libs.{os.getpid()}"
    part.mkdir(parents=True, exist_ok=True)
    pom = folder / f"pom.{os.getpid()}.xml"
    pom.write_text(_POM.format(version=version))
    try:
        _run_maven(maven, pom, part)
        part.rename(folder / "libs")
    except OSError:
        if cached(version) is None:
            raise
    finally:
        pom.unlink()
        shutil.rmtree(part, ignore_errors=True)
    return folder / "libs"


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
