"""A stand-in for libmmal and libbcm_host under the real picamera: a Raspberry Pi's firmware in Python.

picamera loads two shared libraries by `ctypes.CDLL` and calls them with C structures. `libraries.py` hands it
objects whose attributes are Python functions; they build the same structures, and a thread (`firmware.py`)
plays the sensor: camera, splitter, resizer, encoders. Nothing of picamera is replaced.

| Module | What it holds |
|---|---|
| `libraries` | the functions by name, and the loading of picamera on them |
| `components` | components, ports, connections, pools and buffers, each behind its C structure |
| `parameters` | what can be set and asked by number |
| `encoders` | pictures in, JPEG, H.264 and motion vectors out |
| `scene` | what the sensor sees, zoomed, mirrored and turned |
| `firmware` | the sensor's thread |
| `faults` | what a test lets go wrong |

Not as on hardware: exposure moves only while it converges; effects, tone and annotation can be read
back and change no pixel; vectors are those of libx264 and have no SAD.
"""
