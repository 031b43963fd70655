"""Which topics a viewer reads, of settings and of a service."""

from __future__ import annotations

from pathlib import Path

import pytest

from ss_camera.media import Family
from tests.program import ROOT
from viewer.arguments import parse
from viewer.subscription import of_service, of_settings

CONFIG = """
header: {version: 3}
config:
  camera: {type: kafka, brokers: "127.0.0.1:9", topic: gate, consistency: AT_LEAST_ONCE}
"""


@pytest.mark.parametrize(
    ("clips", "read"),
    [
        ("CLIP_SS_TOPIC=gate\nEVENT_SS_TOPIC=gate\n", {Family.STILL}),
        ("CLIP_SS_TOPIC=all\nEVENT_SS_TOPIC=all\n", {Family.STILL, Family.CLIP}),
        ("CLIP_SS_TOPIC=gate\nCLIP_SS_BROKERS=127.0.0.2:9\n", set(Family)),
        ("", set(Family)),
    ],
)
def test_a_topic_that_families_share_is_read_once(tmp_path: Path, clips: str, read: set[Family]) -> None:
    """Read for each of them, every message would count as come again."""
    env_file = tmp_path / "env"
    env_file.write_text(f"SS_BROKERS=127.0.0.1:9\nSS_TOPIC=gate\n{clips}")
    subscription, _ = of_settings(parse(["--web", "--env-file", str(env_file)]), ROOT)
    assert set(subscription.readers) == read
    assert subscription.sees_all


def test_so_it_is_beside_a_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose own topic `--clip-topic` may name too."""
    (tmp_path / ".sinetstream_config.yml").write_text(CONFIG)
    monkeypatch.chdir(tmp_path)
    found = of_service(parse(["-s", "camera", "--web", "--clip-topic", "gate"]), "camera")
    assert set(found.readers) == {Family.STILL, Family.EVENT}
    assert found.sees_all
