"""What people see in the browser who add the app to Slack: plain pages that say what happened and what to do next."""

from collections.abc import Sequence
from html import escape

STYLE = """
:root { --ink: #1b2430; --soft: #5b6775; --line: #d5dce5; --paper: #ffffff; --tint: #f3f6fa; --brand: #1f3a5f;
  --on: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6ebf2; --soft: #a3afbe; --line: #3a4656; --paper: #161c25; --tint: #1f2733; --brand: #a9c8f0;
    --on: #12203a; }
}
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, "Liberation Sans", sans-serif; color: var(--ink); background: var(--tint); }
body { margin: 0; padding: 2rem 1rem; }
main { max-width: 38rem; margin: 0 auto; padding: 1.6rem 1.8rem 1.8rem; background: var(--paper);
  border: 1px solid var(--line); border-radius: 10px; }
.kicker { margin: 0; color: var(--soft); letter-spacing: .1em; text-transform: uppercase; font-size: .8rem; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .2rem 0 1rem; color: var(--brand); }
p { margin: .7rem 0; }
a { color: var(--brand); }
a.button { display: inline-block; margin: .8rem 0 .4rem; padding: .6rem 1.3rem; border-radius: 6px; font-weight: 600;
  background: var(--brand); color: var(--on); text-decoration: none; }
a.button:focus-visible { outline: 3px solid var(--soft); outline-offset: 2px; }
ul { padding-left: 1.2rem; margin: .5rem 0; }
li { margin: .25rem 0; }
code { font-size: .9em; }
small { color: var(--soft); }
""".strip()

APP = "CAIS Roadmap"

NOT_AFFILIATED = "Not affiliated with FINRA or CAT LLC, and no legal advice."

MAY = (
    "Answer its command <code>/cais</code>, its buttons, mentions of it and direct messages to it, and put reminders "
    "and files into people's direct messages with it.",
    "See names, time zones and who runs the workspace, and whether a channel is shared with another company.",
    "Fetch a file that somebody hands over in its own form, sends it in a direct message, or keeps with a message by "
    "<em>Save as CAIS evidence</em>, and no other.",
    "Post a summary to a channel where a lead asked for it, and make canvases of its own.",
)
MAY_NOT = "It cannot read your channels, and it asks for nothing in your own name."


def install_page(address: str) -> str:
    """Where somebody adds the app; `address` is Slack's own page, on which it is decided."""
    return _page(
        "Add it to Slack",
        _p(
            "Walks a small broker-dealer through FINRA CAT's Small Firm Roadmap, one step at a time, in Slack: "
            "remembers who did what and when, reminds before dates, and answers from the roadmap's own text."
        ),
        f'<p><a class="button" href="{escape(address)}">Add to Slack</a></p>',
        _p("Slack asks you next. Nothing is installed before you allow it there, and you can take it off at any time."),
        "<p><strong>What it may do in your workspace</strong></p>",
        "<ul>" + "".join(f"<li>{line}</li>" for line in MAY) + "</ul>",
        _p(MAY_NOT),
        f"<p><small>{NOT_AFFILIATED}</small></p>",
    )


def installed_page(name: str, address: str, *, whole_org: bool, missing: Sequence[str], all_done: bool = True) -> str:
    """It worked. `missing` are scopes that Slack did not grant; not `all_done` where the database was away after it."""
    lines = []
    if whole_org:
        lines.append(
            _p(
                f"It is installed for the organization {name}. It works in each workspace to which an organization "
                "admin adds it, under Organization settings, Integrations."
            )
        )
        lines.append(_p("There, type /cais in any channel or in the app's own messages."))
    else:
        lines.append(_p(f"It is installed in {name}."))
        if all_done:
            lines.append(_p(WELCOME))
    if not all_done:
        lines.append(_p(NOT_YET))
    if missing:
        lines.append(_p(f"Slack did not grant {', '.join(missing)}, so a part of it will not work. Add it once more."))
    return _page("It is in Slack", *lines, f'<p><a class="button" href="{escape(address)}">Open Slack</a></p>')


WELCOME = (
    "If it is new there, a message from it waits for you in Slack: from there it is three clicks to your first firm. "
    "If it was there before, everything goes on as it was."
)
NOT_YET = (
    "The app's own database could not be reached just after that. It does not matter: type /cais in Slack in a minute, "
    "and it goes on from there."
)


def not_installed_page(title: str, *sentences: str, begin: str = "Start again") -> str:
    """It did not work: what happened, and what to do. `begin` is on the way to the first page."""
    way = f'<p><a class="button" href="/slack/install">{escape(begin)}</a></p>'
    return _page(title, *(_p(one) for one in sentences), way)


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _page(title: str, *parts: str) -> str:
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · {APP}</title><style>{STYLE}</style></head>\n"
        f'<body><main><p class="kicker">{APP}</p><h1>{escape(title)}</h1>\n'
        + "\n".join(parts)
        + "\n</main></body></html>\n"
    )
