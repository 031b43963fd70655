"""The sample's three commands, word for word, in a clean copy: they are enough."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from scripts.kafka_node import KafkaNode
from tests.kafka_topics import Topics
from tests.program import ROOT, Program, environment, wait_until
from tests.subscriber import Subscriber

COMMANDS = """
python -m venv .
source bin/activate
pip install -r requirements.txt
"""


@pytest.mark.timeout(300)
def test_the_three_commands_and_a_sample_publish_pictures(
    kafka: KafkaNode, topics: Topics, tmp_path: Path
) -> None:
    """The plugin is found without a step of its own; the script runs by its name in the activated venv."""
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    archive = subprocess.run(["tar", "-c", *files.split()], cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x"], cwd=tmp_path, input=archive, check=True)
    quiet = {"PIP_QUIET": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_CACHE_DIR": "1"}
    run = environment(quiet)
    run.pop("VIRTUAL_ENV", None)
    subprocess.run(["bash", "-ec", COMMANDS], cwd=tmp_path, env=run, check=True, timeout=240)
    topic = topics.make()
    (tmp_path / ".env").write_text((tmp_path / "dot_env-high_rate-sample").read_text())
    settings = {"CAMERA": "synthetic", "SS_BROKERS": kafka.bootstrap, "SS_TOPIC": topic}
    settings["PATH"] = f"{tmp_path}/bin:{os.environ['PATH']}"
    with (
        Subscriber(brokers=kafka.bootstrap, topic=topic) as subscriber,
        Program(["./ss-camera.py"], cwd=tmp_path, settings=settings) as camera,
    ):
        assert "by librdkafka" in camera.wait_for("publishing to")
        wait_until(lambda: len(subscriber.messages) >= 5, "5 pictures")
        camera.stop()
        assert camera.ended(10.0) == 0, camera.text
