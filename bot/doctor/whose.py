"""What `cais doctor` says where the sandbox would not open: the database is not its own."""

from bot.doctor.checks import Finding
from bot.practice.own import not_its_own
from bot.settings import Settings
from storage.errors import StorageError


async def check_whose(settings: Settings) -> list[Finding]:
    """Whether the sandbox, where it is what a start would open, has the database to itself."""
    if settings.way != "sandbox":
        return []
    try:
        sentence = await not_its_own(settings)
    except (StorageError, ValueError, ImportError):
        return []  # what the database itself is found to be says enough
    return [Finding("database", "wrong", sentence)] if sentence else []
