"""Two names that look the same are the same, however their letters are composed."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from flows.naming import compared, composed

BY_ONE, BY_TWO = "\u00c4\u00d6 LLC", "A\u0308O\u0308 LLC"


@given(st.text())
def test_a_name_is_compared_the_same_in_every_form_it_may_come_in(name: str) -> None:
    forms = {unicodedata.normalize(form, name) for form in ("NFC", "NFD")}
    assert len({compared(each) for each in (name, *forms)}) == 1
    assert composed(composed(name)) == composed(name)


def test_capital_and_small_composed_or_not_it_is_one_name() -> None:
    assert BY_ONE != BY_TWO
    assert len({compared(each) for each in (BY_ONE, BY_TWO, BY_ONE.lower(), BY_TWO.lower())}) == 1
    assert compared("Apex") == compared("APEX") != compared("Ape\u0301x")
