"""Tokens are kept sealed, each opens for its own workspace only, and no key is lost that is still needed."""

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from storage.database import Database, open_database
from storage.installations import Installation, Installations
from storage.sealing import Keys, KeyTrouble, new_key, read_keys

OLD, NEW = new_key("old"), new_key("new")
ACME = Installation(
    tenant="-/T1",
    name="Acme",
    token="xoxb-acme",
    bot_user="UBOT",
    bot_id="BBOT",
    app="A1",
    scopes=("chat:write", "commands"),
    installer="U1",
    installed_at=100.0,
)
BRAVO = replace(ACME, tenant="-/T2", name="Bravo", token="xoxb-bravo")


@pytest.fixture
async def opened(url: str) -> AsyncIterator[Database]:
    async with await open_database(url) as database:
        yield database


@pytest.fixture
def kept(opened: Database) -> Installations:
    return opened.installations(read_keys(OLD))


async def test_what_is_kept_comes_back_and_the_last_one_counts(kept: Installations) -> None:
    assert await kept.of("-/T1") is None
    await kept.save(ACME)
    await kept.save(BRAVO)
    again = replace(ACME, token="xoxb-again", scopes=("commands",), installed_at=200.0)
    await kept.save(again)
    assert await kept.of("-/T1") == again
    assert await kept.of("-/T2") == BRAVO
    assert [one.tenant for one in await kept.all()] == ["-/T1", "-/T2"]


async def test_an_orgs_installation_serves_its_workspaces_unless_they_have_their_own(kept: Installations) -> None:
    org, own = replace(ACME, tenant="E1/-"), replace(BRAVO, tenant="E1/T2")
    await kept.save(org)
    await kept.save(own)
    assert await kept.of("E1/T1") == org
    assert await kept.of("E1/T2") == own
    assert await kept.of("E2/T1") is None
    assert await kept.of("-/T1") is None


async def test_a_token_is_gone_at_once(kept: Installations) -> None:
    await kept.save(ACME)
    assert await kept.delete("-/T1")
    assert not await kept.delete("-/T1")
    assert await kept.of("-/T1") is None


def test_a_sealed_token_opens_for_its_own_workspace_and_key_only() -> None:
    keys = read_keys(OLD)
    sealed = keys.seal("xoxb-acme", "-/T1")
    assert "acme" not in sealed
    assert sealed != keys.seal("xoxb-acme", "-/T1")
    assert keys.unseal(sealed, "old", "-/T1") == "xoxb-acme"
    with pytest.raises(KeyTrouble, match="does not open"):
        keys.unseal(sealed, "old", "-/T2")
    with pytest.raises(KeyTrouble, match="does not open"):
        read_keys(new_key("old")).unseal(sealed, "old", "-/T1")
    with pytest.raises(KeyTrouble, match="does not hold"):
        keys.unseal(sealed, "new", "-/T1")
    with pytest.raises(KeyTrouble, match="does not open"):
        keys.unseal("c2hvcnQ=", "old", "-/T1")


async def test_rotating_seals_everything_anew_and_then_the_old_key_can_go(opened: Database) -> None:
    before = opened.installations(read_keys(OLD))
    await before.save(ACME)
    await before.save(BRAVO)
    both = opened.installations(read_keys(f"{NEW},{OLD}"))
    assert await both.check_keys() == {"old": 2}
    assert await both.rotate() == {"old": 2}
    assert await both.rotate() == {}
    after = opened.installations(read_keys(NEW))
    assert await after.check_keys() == {"new": 2}
    assert await after.of("-/T1") == ACME


async def test_a_key_that_is_still_needed_is_missed_before_anything_is_changed(opened: Database) -> None:
    await opened.installations(read_keys(OLD)).save(ACME)
    without = opened.installations(read_keys(NEW))
    for asked in (without.check_keys, without.rotate):
        with pytest.raises(KeyTrouble, match="token of one workspace is sealed with the key old, which"):
            await asked()
    impostor = opened.installations(read_keys(new_key("old")))
    with pytest.raises(KeyTrouble, match="key old in CAIS_ENCRYPTION_KEYS is not the one"):
        await impostor.check_keys()
    with pytest.raises(KeyTrouble):
        await opened.installations(read_keys(f"{NEW},{new_key('old')}")).rotate()
    assert await opened.installations(read_keys(OLD)).of("-/T1") == ACME


async def damaged(kept: Installations, tenant: str) -> None:
    """The row of this workspace gets one sealed for another, which does not open there."""
    found = await kept.of(tenant)
    assert found
    sealing = kept._keys.seal
    kept._keys.seal = lambda secret, _: sealing(secret, "-/T9")  # type: ignore[method-assign]
    await kept.save(found)
    kept._keys.seal = sealing  # type: ignore[method-assign]


async def test_a_damaged_token_keeps_no_other_from_being_sealed_anew_and_is_named(opened: Database) -> None:
    before = opened.installations(read_keys(OLD))
    for one in (ACME, BRAVO, replace(ACME, tenant="E1/-", name="Holdings")):
        await before.save(one)
    await damaged(before, "-/T2")
    both = opened.installations(read_keys(f"{NEW},{OLD}"))
    assert await both.rotate() == {"old": 2}
    (left,) = await both.unopened()
    assert (left.tenant, left.key, left.slack_id) == ("-/T2", "old", "T2")
    assert left.sentence.startswith("The token of Bravo (-/T2) does not open with the key old. It is damaged, as the")
    assert left.sentence.endswith("cais keys forget T2")
    assert [one.tenant for one in await both.all()] == ["-/T1", "E1/-"]


async def test_a_damaged_token_that_a_rotation_left_alone_under_its_key_stops_no_start(opened: Database) -> None:
    before = opened.installations(read_keys(OLD))
    await before.save(ACME)
    await before.save(BRAVO)
    await damaged(before, "-/T2")
    await opened.installations(read_keys(f"{NEW},{OLD}")).rotate()
    for keys in (f"{NEW},{OLD}", NEW):
        assert await opened.installations(read_keys(keys)).check_keys() == {"new": 1}
    third = opened.installations(read_keys(f"{new_key('third')},{NEW}"))
    assert await third.rotate() == {"new": 1}
    assert [(one.tenant, one.key) for one in await third.unopened()] == [("-/T2", "old")]
    with pytest.raises(KeyTrouble, match=r"token of Bravo \(-/T2\) is damaged"):
        await third.of("-/T2")
    await third.save(BRAVO)
    assert (await third.of("-/T2"), await third.unopened()) == (BRAVO, []), "added again, it is as new"


async def test_one_token_under_a_key_of_its_own_may_be_damaged_or_the_key_wrong(opened: Database) -> None:
    await opened.installations(read_keys(OLD)).save(ACME)
    await opened.installations(read_keys(NEW)).save(BRAVO)
    third = opened.installations(read_keys(f"{new_key('third')},{NEW},{new_key('old')}"))
    with pytest.raises(KeyTrouble, match=r"that of Acme \(-/T1\). Put the right one back. Where there is none: `cais"):
        await third.check_keys()
    assert await third.rotate() == {"new": 1}
    (left,) = await third.unopened()
    assert "It is damaged, or that key is another one than it was" in left.sentence
    assert await opened.installations(read_keys(OLD)).of("-/T1") == ACME, "it was left as it is"


async def test_an_installation_is_begun_and_ended_once_in_one_browser_and_in_time(kept: Installations) -> None:
    for state in ("a", "b", "c"):
        await kept.begin(state, "mine", now=0, expires_at=600)
    assert await kept.end("a", "mine", now=599) == "here"
    assert await kept.end("a", "mine", now=599) == "nowhere"
    assert await kept.end("b", "another", now=599) == "elsewhere"
    assert await kept.end("b", "mine", now=599) == "nowhere"
    assert await kept.end("c", "mine", now=601) == "nowhere"
    assert await kept.end("never", "mine", now=0) == "nowhere"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "holds no key"),
        ("justakey", "Key 1 in CAIS_ENCRYPTION_KEYS is not written as name:key"),
        (f"{OLD}, spaced name:abc", "Key 2"),
        ("short:c2hvcnQ=", "The key short in CAIS_ENCRYPTION_KEYS is not 32 bytes"),
        ("bad:!!!", "The key bad"),
        (f"{OLD},{new_key('old')}", "two keys with the name old"),
    ],
    ids=["none", "no name", "no name that one may have", "short", "bad", "twice"],  # the keys are others each time
)
def test_keys_that_cannot_be_used_are_a_sentence_without_the_key(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence) as refused:
        read_keys(text)
    assert OLD.partition(":")[2] not in str(refused.value)


def test_keys_and_installations_show_no_secret() -> None:
    keys: Keys = read_keys(OLD)
    assert OLD.partition(":")[2] not in repr(keys)
    assert "xoxb" not in repr(ACME)
