"""What people do with buttons, menus and modals of the app."""

from __future__ import annotations

from typing import Any

from bot.sandbox import notices, payloads
from bot.sandbox.delivery import Ack
from bot.sandbox.elements import VALUE_NAMES, action_of, chosen, find_element, first_values
from bot.sandbox.files import give_to_app, handed_over
from bot.sandbox.limits import elements_of, limits
from bot.sandbox.required import errors_before_sending
from bot.sandbox.slack import Slack
from bot.sandbox.views import checked_view, open_view, replace_view
from bot.sandbox.wire import Json, SlackError

_EXTERNAL = ("external_select", "multi_external_select")


class Interactions:
    """Clicks, choices and submissions. Raises SlackError when there is nothing there to click."""

    def __init__(self, slack: Slack) -> None:
        self._slack = slack
        self._offered: dict[tuple[str, str, str], list[Json]] = {}

    def _place(self, user: str, container: Json) -> Json:
        """The message or view a person looks at. Raises SlackError message_not_found, view_not_found."""
        if container.get("type") == "view":
            return self._view(user, str(container.get("view_id")))
        seen = self._slack.workspace.seen_by(user, str(container.get("channel")))
        message = next((m for m in seen if m["ts"] == container.get("ts")), None)
        if message is None:
            raise SlackError("message_not_found")
        return message

    def _context(self, user: str, place: Json) -> Json:
        return (
            payloads.message_context(self._slack, user, place) if "channel" in place else payloads.view_context(place)
        )

    def _view(self, user: str, view_id: str) -> Json:
        view = self._slack.workspace.views.get(view_id)
        if view is None or view["user"] != user:
            raise SlackError("view_not_found")
        return view

    async def click(
        self, user: str, container: Json, block_id: str, action_id: str, *, values: Json | None = None, **given: Any
    ) -> Json:
        """Uses an element: a button, a choice in a menu, a date.

        ``values`` is what else stands in the inputs around it; Slack sends that along as state.values.
        """
        if not self._slack.options.manifest.interactive:
            return self._notice(user, notices.NOT_CONFIGURED)
        place = self._place(user, container)
        block, element = find_element(place.get("blocks") or [], block_id, action_id)
        offered = self._offered.get((user, block_id, action_id))
        action = action_of(element, block_id, given, self._slack.workspace.new_ts(), offered)
        place = self._held(user, place, self._known(place, values or {}))
        if element["type"] in VALUE_NAMES:
            place = self._held(user, place, {block_id: {action_id: action}})
        if block["type"] == "input" and not block.get("dispatch_action"):
            return {"ok": True}
        context = self._context(user, place)
        context |= {"trigger_id": self._slack.triggers.give(user, container.get("view_id")), "actions": [action]}
        return await self.send(user, payloads.interaction(self._slack, "block_actions", user, **context))

    async def send(self, user: str, payload: Json) -> Json:
        """Delivers a block_actions payload as it is, for example one that was recorded earlier."""
        ack = await self._slack.delivery.send(
            "interactive", f"block_actions {payload['actions'][0]['action_id']}", payload
        )
        if ack.error:
            return self._notice(user, notices.CLICK_FAILED.format(error=ack.error))
        return {"ok": True}

    def _known(self, place: Json, values: Json) -> Json:
        """The values of elements that are still there: a click may cross with an update of the view."""
        there = [
            (block["block_id"], element.get("action_id")) for block, element in elements_of(place.get("blocks") or [])
        ]
        return {
            block_id: {action_id: given for action_id, given in held.items() if (block_id, action_id) in there}
            for block_id, held in values.items()
        }

    def _held(self, user: str, place: Json, values: Json) -> Json:
        """The place with these values in its inputs. Raises SlackError no_such_element, no_such_option."""
        blocks = place.get("blocks") or []
        states = place.get("states", {})
        kept = states.get(user) if "channel" in place else place["state"]["values"]
        state = first_values(blocks, kept)
        for block_id, held in values.items():
            for action_id, given in held.items():
                _, element = find_element(blocks, block_id, action_id)
                offered = self._offered.get((user, block_id, action_id))
                if element["type"] == "file_input":
                    given = {"files": handed_over(self._slack, user, given.get("files") or [])}
                if element["type"] in VALUE_NAMES:
                    value = {"type": element["type"], **chosen(element, given, offered)}
                    state.setdefault(block_id, {})[action_id] = value
        if not state:
            return place
        # What somebody picked is his alone until the app answers, as in his own Slack client.
        if "channel" in place:
            place = {**place, "states": {**states, user: state}}
        else:
            place = {**place, "state": {"values": state}}
        self._slack.workspace.keep_quietly(place)
        return place

    def _notice(self, user: str, text: str) -> Json:
        self._slack.workspace.notice(user, text)
        return {"ok": False, "notice": text}

    async def options(self, user: str, container: Json, block_id: str, action_id: str, query: str) -> Json:
        """Asks the app what an external menu offers."""
        place = self._place(user, container)
        _, element = find_element(place.get("blocks") or [], block_id, action_id)
        if element["type"] not in _EXTERNAL:
            raise SlackError("no_such_element")
        ids = {"action_id": action_id, "block_id": block_id, "value": query}
        context = self._context(user, place)
        context.pop("response_url", None)
        payload = payloads.interaction(self._slack, "block_suggestion", user, **ids, **context)
        ack = await self._slack.delivery.send("interactive", f"block_suggestion {action_id}", payload)
        offered = _offered(ack)
        problem = ack.error or ("no options" if offered is None else "")
        if offered is None or problem:
            self._slack.traffic.note(
                "ack", "ack of block_suggestion", "The options are no good", ack.body, refused=problem
            )
            return {**self._notice(user, notices.OPTIONS_FAILED.format(error=problem)), "options": []}
        self._offered[(user, block_id, action_id)] = offered
        return dict(ack.body)

    async def submit(self, user: str, view_id: str, values: Json) -> Json:
        """Sends a modal: first Slack's own checks, then the app's answer."""
        view = self._view(user, view_id)
        if view_id != (self._slack.workspace.stacks.get(user) or [""])[-1]:
            raise SlackError("view_not_found")
        view = self._held(user, view, values)
        errors = errors_before_sending(view["blocks"], view["state"]["values"])
        if errors:
            return {"ok": False, "errors": errors}
        give_to_app(self._slack, view["state"]["values"])
        trigger = self._slack.triggers.give(user, view_id)
        shown = payloads.view_for_bot(view)
        payload = payloads.interaction(
            self._slack, "view_submission", user, trigger_id=trigger, view=shown, response_urls=[]
        )
        return await self.send_submission(user, payload)

    async def send_submission(self, user: str, payload: Json) -> Json:
        """Delivers a view_submission payload as it is and does what the answer says."""
        view_id = payload["view"]["id"]
        ack = await self._slack.delivery.send(
            "interactive", f"view_submission {payload['view']['callback_id']}", payload
        )
        if ack.error:
            return self._notice(user, notices.MODAL_FAILED)
        try:
            return self._answer_submission(user, view_id, ack.body)
        except SlackError as refusal:
            says, body = "What the ack says to do with the form cannot be done", refusal.answer()
            self._slack.traffic.note("ack", "ack of view_submission", says, body, refused=refusal.error)
            return self._notice(user, notices.MODAL_FAILED)

    def _answer_submission(self, user: str, view_id: str, body: Any) -> Json:
        stack = self._slack.workspace.stacks.get(user, [])
        if not body:
            self._slack.workspace.set_stack(user, [each for each in stack if each != view_id])
            return {"ok": True}
        action = body.get("response_action") if isinstance(body, dict) else None
        if action == "clear":
            self._slack.workspace.set_stack(user, [])
        elif action == "errors":
            return {"ok": False, "errors": self._errors(view_id, body.get("errors"))}
        elif action == "update":
            replace_view(self._slack, self._view(user, view_id), checked_view(body.get("view"), "modal"))
        elif action == "push":
            open_view(self._slack, user, checked_view(body.get("view"), "modal"), push=True)
        else:
            raise SlackError("invalid_response_action")
        return {"ok": True}

    def _errors(self, view_id: str, errors: Any) -> Json:
        view = self._slack.workspace.views.get(view_id)
        inputs = {block["block_id"] for block in (view or {}).get("blocks", []) if block["type"] == "input"}
        whole = isinstance(errors, dict) and errors and all(isinstance(text, str) for text in errors.values())
        if not whole or not set(errors) <= inputs:
            raise SlackError("invalid_errors", messages=["errors must be sentences keyed by the block_id of an input"])
        return dict(errors)

    async def close(self, user: str, view_id: str, *, everything: bool = False) -> Json:
        """Closes a modal by its Close button, or all of them by the X."""
        view = self._view(user, view_id)
        stack = self._slack.workspace.stacks.get(user, [])
        if view_id not in stack:
            raise SlackError("view_not_found")
        everything = everything or view["clear_on_close"]
        gone = stack if everything else stack[stack.index(view_id) :]
        closed = [self._slack.workspace.views[each] for each in gone]
        self._slack.workspace.set_stack(user, [each for each in stack if each not in gone])
        for each in reversed(closed):
            if each["notify_on_close"]:
                shown = {"view": payloads.view_for_bot(each), "is_cleared": everything}
                payload = payloads.interaction(self._slack, "view_closed", user, **shown)
                await self._slack.delivery.send("interactive", f"view_closed {each['callback_id']}", payload)
        return {"ok": True}


def _offered(ack: Ack) -> list[Json] | None:
    body = ack.body if isinstance(ack.body, dict) else {}
    most = int(limits()["elements"]["static_select"]["fields"]["options"]["max"])
    groups = body.get("option_groups")
    lists = [group.get("options") for group in groups] if isinstance(groups, list) else [body.get("options")]
    if any(not isinstance(each, list) or len(each) > most for each in lists) or len(lists) > most:
        return None
    return [option for each in lists if each for option in each]
