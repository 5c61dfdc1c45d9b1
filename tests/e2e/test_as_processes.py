"""The bot as the operating system runs it: a firm is set up, walked, and there again after a restart."""

import signal
from pathlib import Path

from tests.bot.conversing import GENERAL, words_of
from tests.e2e.processes import Watched, bot_beside_slack, verified
from tests.e2e.walking import set_up, title, walk_to_the_end


async def test_a_firm_walks_to_its_end_and_is_there_after_a_restart(transport: str, tmp_path: Path) -> None:
    async with bot_beside_slack(transport, tmp_path, forked=False) as (sandbox, bot):
        await bot.start()
        slack = Watched(sandbox)
        ben = slack.ben.at(GENERAL)
        await set_up(ben)
        await ben.presses("Next")
        await walk_to_the_end(ben, ["Through a CAT Reporting Agent"], ("Apex Clearing", "Blue Bureau"))
        assert "🏁 Roadmap finished" in words_of(ben.last)

        assert await bot.end(signal.SIGTERM) == 0
        assert (await sandbox.say(ben.user, GENERAL, "/cais next"))["ok"] is False
        await bot.start()
        assert "🏁 Roadmap finished" in words_of(await ben.types("/cais next"))
        assert "15 of 15 tasks done" in words_of(ben.last)
        last_before = next(message for message in ben.sees if "*Recorded:*" in words_of(message))
        await ben.presses("Undo", on=last_before)
        undone = next(message for message in ben.sees if "*Undone:*" in words_of(message))
        assert undone["ts"] == last_before["ts"], "a card of before the restart still works, where it stands"
        assert title(undone) == "Production relationship with your agent: Blue Bureau"
        assert [refusal["name"] for refusal in sandbox.refused] == ["/cais next"], "only while the bot was away"
        assert "ok: 1 firm" in await verified(tmp_path)
