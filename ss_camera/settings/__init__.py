"""The environment, `.env` and secrets in, one frozen and checked `Settings` out."""

from ss_camera.settings.check import describe
from ss_camera.settings.load import export, find_env_file, foreign_environment, load
from ss_camera.settings.table import TABLE

__all__ = ["TABLE", "describe", "export", "find_env_file", "foreign_environment", "load"]
