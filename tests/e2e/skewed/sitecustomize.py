"""A machine whose clock is wrong: Python reads this first where the folder is in PYTHONPATH."""

import os
import time

_right = time.time
_ahead = float(os.environ["CLOCK_AHEAD"])
time.time = lambda: _right() + _ahead
