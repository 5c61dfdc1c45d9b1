"""The shipped pack's two texts, for tests that read them."""

from importlib.resources import files

YAML = (files("flows.roadmaps") / "cais-small-firm.yaml").read_text(encoding="utf-8")
SOURCE = (files("flows.roadmaps") / "small-firm-roadmap.txt").read_text(encoding="utf-8")
