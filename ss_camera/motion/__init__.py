"""Motion samples in, a judgement of each out: how many macroblocks move, and whether that is motion."""

from ss_camera.motion.detector import Detector, Motion

__all__ = ["Detector", "Motion"]
