"""Measures ss-camera beside the SINETStream sample's path, on one machine, in one run: `make bench`."""
