"""What `cais doctor` says where the sandbox would not open, as the database is not its own, or where it is in doubt."""

from bot.doctor.checks import Finding
from bot.practice.own import not_its_own, slacks_beside
from bot.settings import Settings
from storage.errors import StorageError

NOT_SAID = (
    "There is {path} too, which the bot in Slack works on, but no token of Slack's is set. Put its tokens into .env or "
    "into the environment: `cais backup`, `cais verify` and the like refuse until then. Or set CAIS_MODE=sandbox."
)


async def check_whose(settings: Settings) -> list[Finding]:
    """Whether the sandbox, where it is what a start would open, has the database to itself, and is what is meant."""
    if settings.way != "sandbox":
        return []
    try:
        sentence = await not_its_own(settings)
        slacks = None if settings.mode == "sandbox" else slacks_beside(settings)
    except (StorageError, ValueError, ImportError):
        return []  # what the database itself is found to be says enough
    found = [Finding("database", "wrong", sentence)] if sentence else []
    return [*found, Finding("database", "look", NOT_SAID.format(path=slacks))] if slacks else found
