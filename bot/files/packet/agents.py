"""The packet's part on the firm's agents: who they are, and the supervision file of each."""

from bot.files.packet.html import Html, Part, el, facts, grid, lines, together
from bot.files.packet.paper import Paper
from flows.agent_file import AgentFile
from flows.events import AgentFileKept
from flows.position import Agent
from flows.time_words import day

STATUS = {"active": "reports for the firm", "leaving": "is being replaced", "removed": "no longer reports"}


def agents(paper: Paper) -> Html | None:
    """Nothing for a firm that has none."""
    found = paper.position.agents
    if not found:
        return None
    return together(
        [
            grid("CAT Reporting Agents", ("Agent", "Status"), [(a.name, _status(paper, a)) for a in found]),
            *(_file(paper, agent) for agent in found),
        ]
    )


def _status(paper: Paper, agent: Agent) -> str:
    ended = f", since {day(paper.reading.day(agent.ended_at))}" if agent.ended_at else ""
    return STATUS[agent.status] + ended


def _file(paper: Paper, agent: Agent) -> Html | None:
    """What it says now, and each time it was kept."""
    kept = paper.position.agent_files.get(agent.id)
    rows = [r for r in paper.reading.rows if isinstance(e := r.event, AgentFileKept) and e.agent == agent.id]
    if not rows:
        return None
    told = [
        el(
            "li",
            f"{paper.moment(row.at)}, {row.actor_name}: {paper.reading.says(row)}",
            el("span", f" (entry {row.sequence}{', undone' if row.sequence in paper.reading.undone else ''})"),
            class_="undone" if row.sequence in paper.reading.undone else "",
        )
        for row in rows
    ]
    ended = f" (ended on {day(paper.reading.day(agent.ended_at))})" if agent.ended_at else ""
    return el(
        "article",
        el("h3", f"Supervision file: {agent.name}{ended}"),
        facts(_facts(kept.file)) if kept else None,
        el("ol", *told, class_="entries"),
    )


def _facts(file: AgentFile) -> list[tuple[str, Part]]:
    agreed = f"since {day(file.agreed_on)}" if file.agreed_on else ""
    certified = f"since {day(file.certified_on)}" if file.certified_on else ""
    return [
        ("Written agreement on hand", ", ".join(x for x in (file.agreement, file.place, agreed) if x)),
        ("Who repairs errors", file.repairs),
        ("Contact", ", ".join(x for x in (file.contact, file.mail, file.phone) if x)),
        ("Certified for CAIS production", ", ".join(x for x in (file.certified, certified) if x)),
        ("Note", lines(file.note) if file.note else ""),
    ]
