"""What all tests share: how Hypothesis searches."""

import os

from hypothesis import HealthCheck, settings

# On two busy cores a slow example says nothing about the code, and a red CI must be red again when looked into.
settings.register_profile("here", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")
