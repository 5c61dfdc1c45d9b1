"""Firms made without clicking, for tests that begin where one is there already."""

from flows.events import RoleName
from flows.firms import Person
from flows.position import Position
from flows.services import Act, Services

TENANT = "-/T0SANDBOX"

NAMES = {"U0ANA": "Ana Ruiz", "U0BEN": "Ben Cole", "U0LEA": "Lea Haddad", "U0CON": "Conrad Mills"}


def person(user: str) -> Person:
    """Somebody of the practice workspace."""
    return Person(f"slack:{TENANT}/{user}", NAMES.get(user, user))


async def a_firm(services: Services, name: str, lead: str, **members: RoleName) -> Position:
    """A firm with this lead and these further members, by Slack id."""
    result = await services.set_up(
        TENANT, Act(person(lead), "modal", f"{name}-set-up"), name=name, situation="new", precheck="yes"
    )
    position = result.position
    for user, role in members.items():
        act = Act(person(lead), "modal", f"{name}-{user}")
        position = (await services.set_member(position.key, act, person(user), role)).position
    return position
