"""What an operator copies (the unit, the compose file, the Dockerfile) names what there is."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot.settings import names

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "docs" / "deploy"
NAME = re.compile(r"\b(?:CAIS|SLACK)_[A-Z_]+\b")


@pytest.mark.parametrize("file", ["Dockerfile", "compose.yaml", "cais-roadmap.service"])
def test_every_setting_that_is_named_is_one(file: str) -> None:
    named = set(NAME.findall((DEPLOY / file).read_text(encoding="utf-8")))
    assert named
    assert named <= set(names())


def test_what_the_image_is_made_from_is_there() -> None:
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text(encoding="utf-8"))
    copied = [part for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for part in line.split()]
    assert {"pyproject.toml", "bot", "flows", "storage"} <= set(copied)
    assert all((ROOT / part).exists() for part in copied)
    listed = re.search(r"apt-get install (libpango[^`]+)`", (ROOT / "docs" / "install.md").read_text(encoding="utf-8"))
    assert listed
    assert set(listed[1].split()) <= set(text.split())
    assert re.search(r"^USER (?!root|0\b)", text, re.MULTILINE)


def test_the_compose_file_is_yaml_whose_parts_fit_together() -> None:
    content: dict[str, Any] = YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    bot, database = content["services"]["bot"], content["services"]["database"]
    assert (DEPLOY / bot["build"]["context"] / bot["build"]["dockerfile"]).resolve() == DEPLOY / "Dockerfile"
    assert (DEPLOY / bot["env_file"]).resolve() == ROOT / ".env"
    assert set(bot["depends_on"]) == {"database"}
    mounted = [volume.split(":")[0] for service in (bot, database) for volume in service["volumes"]]
    assert sorted(mounted) == sorted(content["volumes"])
    url = bot["environment"]["CAIS_DATABASE_URL"]
    assert url.startswith(f"postgresql+asyncpg://{database['environment']['POSTGRES_USER']}:")
    assert url.endswith(f"@database/{database['environment']['POSTGRES_DB']}")
    assert all(port.startswith("127.0.0.1:") for port in bot["ports"]), "a proxy with TLS stands before it"
    disk = {volume.split(":")[1] for volume in bot["volumes"]}
    assert bot["environment"]["TMPDIR"] in disk.difference(bot["tmpfs"]), "a packet takes 800 MB, and tmpfs is memory"


def test_the_unit_is_one(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd is not on this machine")
    unit = (DEPLOY / "cais-roadmap.service").read_text(encoding="utf-8")
    assert "\nOOMPolicy=continue\n" in unit, "systemd stops the whole unit else, where one process of it is ended"
    # What is only there once it is installed stands in for itself.
    there = unit.replace("/opt/cais-roadmap/.venv/bin/cais", "/bin/true").replace("User=cais", "User=root")
    (tmp_path / "cais-roadmap.service").write_text(there)
    asked = ["systemd-analyze", "verify", "--man=no", str(tmp_path / "cais-roadmap.service")]
    said = subprocess.run(asked, capture_output=True, text=True, timeout=60, check=False)
    about_us = [line for line in said.stderr.splitlines() if "cais-roadmap.service" in line]
    assert about_us == []
    exposed = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(tmp_path / "cais-roadmap.service")]
    said = subprocess.run(exposed, capture_output=True, text=True, timeout=60, check=False)
    level = re.search(r"Overall exposure level for .+: ([\d.]+)", said.stdout)
    assert level, said.stderr
    assert float(level[1]) < 4, "User=root, which stands in here, costs two and a half points of its own"
