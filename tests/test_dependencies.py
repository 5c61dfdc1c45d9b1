"""Other people's packages: each is pinned, fits what asks for it, and has a licence under which we may hand it on.

Whether one has a known hole, only a list of those says, and that is online: `make audit`.
"""

import re
from collections.abc import Collection
from importlib.metadata import PackageMetadata, metadata, version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

ROOT = Path(__file__).parents[1]
OURS = canonicalize_name("cais-roadmap")
PERMISSIVE = re.compile(r"\b(MIT(-0|-CMU)?|BSD|0BSD|Apache|PSF|Python Software Foundation|ISC|HPND|Unlicense)\b")
COPYLEFT = re.compile(r"\bA?L?GPL|GNU|MPL|Mozilla|EUPL|CDDL|\bCC\b|SSPL|BUSL", re.IGNORECASE)

LOOKED_AT = {
    "pyphen": "has a choice of three licences, of which we take MPL 1.1; used as it is, as a file of its own",
    "hypothesis": "MPL 2.0, for tests only",
    "pathspec": "MPL 2.0, for tests only",
    "pikepdf": "MPL 2.0, for tests only",
    "axe-playwright-python": "MIT, which its metadata does not say; for tests only",
}
FOR_TESTS_ONLY = {"hypothesis", "pathspec", "pikepdf", "axe-playwright-python"}


def asked_for(package: str, extras: Collection[str]) -> list[Requirement]:
    """What a package asks for on this machine."""
    found = [Requirement(line) for line in metadata(package).get_all("Requires-Dist") or ()]
    given = [{"extra": extra} for extra in extras or [""]]
    return [one for one in found if one.marker is None or any(one.marker.evaluate(each) for each in given)]


def closure(*extras: str) -> dict[NormalizedName, list[Requirement]]:
    """Every package that comes with these extras of ours, and what is asked of it."""
    found: dict[NormalizedName, list[Requirement]] = {}
    left: list[tuple[str, tuple[str, ...]]] = [(OURS, extras)]
    seen = set(left)
    while left:
        for one in asked_for(*left.pop()):
            name = canonicalize_name(one.name)
            found.setdefault(name, []).append(one)
            step = (name, tuple(sorted(one.extras)))
            if step not in seen:
                seen.add(step)
                left.append(step)
    return found


EVERYTHING = closure("pdf", "postgres", "test")
SHIPPED = closure("pdf", "postgres")


def licence(known: PackageMetadata) -> str:
    """Whatever its metadata says of it, the short forms first."""
    classifiers = [c for c in known.get_all("Classifier") or () if c.startswith("License")]
    said = [known.get("License-Expression", ""), *classifiers, str(known.get("License", ""))[:60]]
    return "; ".join(filter(None, said))


def test_every_package_is_pinned_and_every_pin_is_a_package_that_comes_along() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    pinned = {canonicalize_name(name): number for name, _, number in (line.partition("==") for line in lines)}
    assert {name: version(name) for name in EVERYTHING} == pinned


@pytest.mark.parametrize("name", sorted(EVERYTHING))
def test_a_package_fits_whatever_asks_for_it(name: NormalizedName) -> None:
    assert all(version(name) in one.specifier for one in EVERYTHING[name])


@pytest.mark.parametrize("name", sorted(EVERYTHING))
def test_a_package_may_be_handed_on(name: NormalizedName) -> None:
    said = licence(metadata(name))
    if name in LOOKED_AT:
        assert COPYLEFT.search(said) or not said, f"nothing needs to be known of {name} any more"
    else:
        assert PERMISSIVE.search(said), said
        assert not COPYLEFT.search(said), said


def test_what_is_for_tests_only_is_not_shipped() -> None:
    assert not FOR_TESTS_ONLY & SHIPPED.keys()
    assert LOOKED_AT.keys() <= EVERYTHING.keys()
