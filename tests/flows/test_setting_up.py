"""The firm itself: its name, its people, its channels."""

from datetime import date

import pytest
from msgspec.structs import replace

from flows import setting_up
from flows.events import FirmKey
from flows.firms import Person, Refusal
from flows.position import Position
from tests.flows.life import ANA, BEN, TODAY, VIC, Life
from tests.flows.test_naming import BY_ONE, BY_TWO

NEW = Position(key=FirmKey("-/T1", "f9"))


def test_whoever_sets_a_firm_up_leads_it_unless_another_lead_is_named() -> None:
    alone = setting_up.set_up(NEW, ANA, name="Zed", situation="new", today=TODAY, taken=[])
    together = setting_up.set_up(NEW, ANA, name="Zed", situation="new", today=TODAY, taken=[], lead=BEN)

    assert [e.role for e in alone if isinstance(e, setting_up.e.MemberSet)] == ["lead"]
    assert [(e.name, e.role) for e in together if isinstance(e, setting_up.e.MemberSet)] == [
        ("Ana Ruiz", "member"),
        ("Ben Cole", "lead"),
    ]


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, "apex", "Owner 123-45-6789"])
def test_a_name_that_is_empty_too_long_taken_or_personal_is_refused(name: str) -> None:
    with pytest.raises(Refusal):
        setting_up.set_up(NEW, ANA, name=name, situation="new", today=TODAY, taken=["Apex"])


def test_a_name_that_looks_like_one_there_is_is_taken_and_what_is_typed_is_kept_composed() -> None:
    with pytest.raises(Refusal, match="already have a firm"):
        setting_up.set_up(NEW, ANA, name=BY_TWO, situation="new", today=TODAY, taken=[BY_ONE])
    with pytest.raises(Refusal, match="already have a firm"):
        setting_up.set_up(NEW, ANA, name=BY_ONE, situation="new", today=TODAY, taken=[BY_TWO])
    made = setting_up.set_up(NEW, ANA, name=BY_TWO, situation="new", today=TODAY, taken=[])
    assert [e.name for e in made if isinstance(e, setting_up.e.FirmSetUp)] == [BY_ONE]


def test_a_firm_of_old_whose_letters_are_not_composed_stays_as_it_is_until_its_name_changes() -> None:
    old = replace(Life().position, name=BY_TWO)
    for same in (BY_ONE, BY_TWO):
        assert setting_up.rename(old, ANA, same, [BY_TWO]) == [], "nobody would see a difference"
    assert setting_up.rename(old, ANA, BY_TWO.lower(), [BY_TWO]) == [setting_up.e.FirmRenamed(name=BY_ONE.lower())]


def test_a_target_in_the_past_and_an_unknown_zone_are_refused() -> None:
    with pytest.raises(Refusal, match="future"):
        setting_up.set_up(NEW, ANA, name="Zed", situation="new", today=TODAY, taken=[], target=date(2024, 5, 31))
    for zone in ("Mars/Base", "../etc/passwd", ""):
        with pytest.raises(Refusal, match="zone"):
            setting_up.check_zone(zone)


def test_only_a_lead_changes_members_and_a_firm_keeps_one() -> None:
    life = Life()
    with pytest.raises(Refusal) as refused:
        setting_up.set_member(life.position, BEN, VIC, "lead")
    assert refused.value.kind == "rights"
    with pytest.raises(Refusal, match="needs a lead"):
        setting_up.remove_member(life.position, ANA, ANA.id)
    with pytest.raises(Refusal, match="needs a lead"):
        setting_up.set_member(life.position, ANA, ANA, "viewer")

    life.take(setting_up.set_member(life.position, ANA, BEN, "lead"))
    life.take(setting_up.remove_member(life.position, ANA, ANA.id))
    assert set(life.position.members) == {BEN.id, VIC.id}


def test_somebody_may_leave_a_firm_alone() -> None:
    life = Life()

    assert setting_up.remove_member(life.position, VIC, VIC.id) != []


def test_a_workspace_admin_leads_any_firm() -> None:
    admin = Person("slack:-/T1/UADMIN", "Ada Admin", admin=True)

    assert setting_up.set_member(Life().position, admin, BEN, "lead") != []


def test_linking_twice_adds_nothing() -> None:
    life = Life()
    life.take(setting_up.link_channel(life.position, ANA, "slack:-/T1/C1"))

    assert setting_up.link_channel(life.position, ANA, "slack:-/T1/C1") == []
    life.take(setting_up.unlink_channel(life.position, ANA, "slack:-/T1/C1"))
    assert life.position.channels == ()


def test_settings_are_one_click_and_only_what_differs_is_recorded() -> None:
    life = Life()
    same = setting_up.settle(
        life.position,
        ANA,
        name="Apex",
        situation="new",
        time_zone="America/New_York",
        target=None,
        today=TODAY,
        taken=["Apex"],
    )
    changed = setting_up.settle(
        life.position,
        ANA,
        name="Apex & Co",
        situation="reporting",
        time_zone="America/Chicago",
        target=date(2027, 3, 1),
        today=TODAY,
        taken=["Apex"],
    )

    assert same == []
    life.take(changed)
    assert (life.position.name, life.position.situation) == ("Apex & Co", "reporting")
    assert (life.position.time_zone, life.position.target) == ("America/Chicago", date(2027, 3, 1))
    life.undo()
    assert (life.position.name, life.position.time_zone) == ("Apex", "America/New_York")
