"""Captures a camera's stills and clips and publishes them to a broker through SINETStream."""

__version__ = "0.1.0"
