"""The camera properties that a user gave in, a plan for one camera stack out.

Three plans are made of one table (`table.py`): `legacy_plan` for picamera, `libcamera_plan` for picamera2,
`software_plan` for all else. They are values: no camera library, thread, clock or file is used here.
"""
