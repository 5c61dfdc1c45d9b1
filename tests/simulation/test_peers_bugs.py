"""What other systems got wrong about reminders, each told as a story that the real code has to tell rightly."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from tests.simulation.comparing import differences
from tests.simulation.faults import Faults
from tests.simulation.oracle import expected
from tests.simulation.reading import fixture
from tests.simulation.world import Played, play

Tell = Callable[..., Played]

A_TASK = """
  2026-12-01 10:05 ana sets up Apex
  2026-12-01 10:06 ana answers yes
  2026-12-01 10:07 ana dates s2 2026-12-09
"""


@pytest.fixture
def tell(tmp_path: Path) -> Tell:
    """Plays a story and holds what was sent against its lines, and against the oracle."""

    def told(story: str, faults: Faults | None = None, late: timedelta = timedelta(minutes=10)) -> Played:
        found = fixture("A story.\n" + story)
        played = play(found.script, tmp_path, faults)
        assert differences(played.messages, found.messages, late) == []
        assert differences(expected(found.script), found.messages, timedelta(0)) == []
        assert faults is None or not (faults.planned or faults.deaths), "what was to go wrong went wrong"
        return played

    return told


# --- six ways to lose or repeat reminders -------------------------------------------------------------------------


def test_jobs_only_in_memory_a_restart_forgets_neither_reminders_nor_snoozes(tell: Tell) -> None:
    tell(
        A_TASK
        + """
  2026-12-02 09:07 ana snoozes s2 tomorrow
  2026-12-02 12:00 down until 2026-12-02 12:30
  2026-12-06 12:00 down until 2026-12-06 12:30
  until 2026-12-08
  -> 2026-12-02 09:00 ana: s2
  -> 2026-12-03 09:00 ana: s2
  -> 2026-12-07 09:00 ana: s2
"""
    )


def test_a_reminder_that_meets_quiet_hours_is_not_spent(tell: Tell) -> None:
    tell("""
  2026-12-09 20:05 ana sets up Apex
  2026-12-09 20:06 ana answers yes
  2026-12-09 20:07 ana dates s2 2026-12-09
  until 2026-12-11
  -> 2026-12-10 09:00 ana: s2
""")


@pytest.mark.parametrize("fault", ["http_500", "reset", "refused", "ratelimited", "internal_error"])
def test_a_reminder_whose_sending_failed_is_not_spent(tell: Tell, fault: str) -> None:
    tell(
        A_TASK + "  until 2026-12-03\n  -> 2026-12-02 09:00 ana: s2\n",
        Faults(planned=[("chat.postMessage", fault), ("chat.postMessage", fault)]),
    )


@pytest.mark.parametrize("where", ["before a write", "before chat.postMessage", "on the way to chat.postMessage"])
def test_nothing_is_marked_as_sent_before_it_is(tell: Tell, where: str) -> None:
    tell(A_TASK + "  until 2026-12-03\n  -> 2026-12-02 09:00 ana: s2\n", Faults(deaths=[where]))


def test_a_worker_that_is_down_in_the_morning_loses_no_rung(tell: Tell) -> None:
    tell(
        A_TASK
        + """
  2026-12-02 08:30 down until 2026-12-02 17:30
  2026-12-07 08:30 down until 2026-12-08 08:30
  until 2026-12-10
  -> 2026-12-02 17:30 ana: s2
  -> 2026-12-08 08:30 ana: s2
  -> 2026-12-08 09:00 ana: s2
  -> 2026-12-09 09:00 ana: s2
"""
    )


def test_a_date_that_moves_within_the_last_week_still_has_its_rungs(tell: Tell) -> None:
    tell(
        A_TASK
        + """
  2026-12-07 10:08 ana dates s2 2026-12-10
  until 2026-12-11
  -> 2026-12-02 09:00 ana: s2
  -> 2026-12-07 09:00 ana: s2
  -> 2026-12-08 09:00 ana: s2
  -> 2026-12-09 09:00 ana: s2
  -> 2026-12-10 09:00 ana: s2
"""
    )


def test_an_earlier_message_does_not_stand_in_for_a_later_one(tell: Tell) -> None:
    tell(
        A_TASK
        + """
  until 2026-12-24
  -> 2026-12-02 09:00 ana: s2
  -> 2026-12-07 09:00 ana: s2
  -> 2026-12-08 09:00 ana: s2
  -> 2026-12-09 09:00 ana: s2
  -> 2026-12-16 09:00 ana: s2
  -> 2026-12-23 09:00 ana: s2
"""
    )


def test_nobody_has_to_connect_and_half_hours_are_hours(tell: Tell) -> None:
    tell("""
  ravi is in Asia/Kathmandu
  2026-12-07 10:05 ana sets up Apex
  2026-12-07 10:06 ana answers yes
  2026-12-07 10:07 ana adds ravi as member
  2026-12-07 10:08 ana gives s2 to ravi
  2026-12-07 10:09 ana dates s2 2026-12-11
  until 2026-12-10
  -> 2026-12-08 03:15 [UTC] ravi: s2
  -> 2026-12-09 03:15 [UTC] ravi: s2
  -> 2026-12-10 03:15 [UTC] ravi: s2
""")


def test_office_hours_end_at_six_and_not_a_minute_before_seven(tell: Tell) -> None:
    tell("""
  2026-12-08 17:40 ana sets up Apex
  2026-12-08 17:41 ana answers yes
  2026-12-08 17:42 ana adds ben as member
  2026-12-08 17:43 ana dates s2 2026-12-10
  2026-12-08 17:44 ana dates s3e 2026-12-10
  2026-12-08 17:58 ana gives s2 to ben
  2026-12-08 18:03 ana gives s3e to ben
  2026-12-09 09:10 ben does s2
  2026-12-09 09:11 ben does s3e
  until 2026-12-11
  -> 2026-12-08 17:58 ben: s2
  -> 2026-12-09 09:00 ben: s2, s3e
""")


# --- classes of bugs ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["lost_reply", "lost_500"])
def test_double_posts_a_lost_reply_is_looked_for_and_not_sent_again(tell: Tell, fault: str) -> None:
    played = tell(
        A_TASK + "  until 2026-12-03\n  -> 2026-12-02 09:00 ana: s2\n", Faults(planned=[("chat.postMessage", fault)])
    )
    assert played.calls["conversations.history"] == 1


def test_double_posts_a_process_that_dies_after_the_post_leaves_one_message(tell: Tell) -> None:
    deaths = ["after chat.postMessage", "before conversations.history"]
    tell(A_TASK + "  until 2026-12-03\n  -> 2026-12-02 09:00 ana: s2\n", Faults(deaths=deaths))


def test_double_posts_where_looking_fails_too_it_waits_and_looks_again(tell: Tell) -> None:
    failing = [("chat.postMessage", "lost_reply"), ("conversations.history", "ratelimited")]
    tell(A_TASK + "  until 2026-12-03\n  -> 2026-12-02 09:00 ana: s2\n", Faults(planned=failing))


def test_double_posts_what_fell_due_after_a_lost_reply_is_not_taken_for_sent(tell: Tell) -> None:
    tell(
        """
  2026-12-01 10:05 ana sets up Apex
  2026-12-01 10:06 ana answers yes
  2026-12-01 10:07 ana adds ben as member
  2026-12-01 10:08 ana dates s2 2026-12-02
  2026-12-01 10:09 ana dates s3e 2026-12-02
  2026-12-01 10:10 ana gives s2 to ben
  2026-12-01 10:11 ana gives s3e to ben
  2026-12-01 10:12 ana adds cyn as member
  until 2026-12-02
  -> 2026-12-01 10:10 ben: s2
  -> 2026-12-01 10:11 ben: s3e
""",
        Faults(planned=[("chat.postMessage", "lost_reply")]),
    )


def test_a_click_that_slack_tells_of_twice_reminds_once(tell: Tell) -> None:
    twice = Faults()
    twice.random.random = lambda: 0.05  # type: ignore[method-assign]  # each happening is told to both replicas
    tell(
        A_TASK
        + """
  2026-12-02 10:05 ana adds ben as member
  2026-12-02 10:06 ana gives s3e to ben
  until 2026-12-04
  -> 2026-12-02 09:00 ana: s2
  -> 2026-12-03 09:00 ben: s3e
""",
        twice,
    )


def test_time_zones_a_snooze_over_the_night_of_a_clock_change_ends_at_nine(tell: Tell) -> None:
    tell("""
  2027-03-11 10:05 ana sets up Apex
  2027-03-11 10:06 ana answers yes
  2027-03-11 10:07 ana dates s2 2027-03-19
  2027-03-12 09:07 ana snoozes s2 tomorrow
  until 2027-03-17
  -> 2027-03-12 14:00 [UTC] ana: s2
  -> 2027-03-15 13:00 [UTC] ana: s2
""")


def test_time_zones_an_hour_that_a_clock_change_leaves_out_comes_all_the_same(tell: Tell) -> None:
    tell("""
  2027-03-11 10:05 ana sets up Apex
  2027-03-11 10:06 ana answers yes
  2027-03-11 10:07 ana wants 02:30
  2027-03-11 10:08 ana dates s2 2027-03-15
  until 2027-03-16
  -> 2027-03-12 07:30 [UTC] ana: s2
  -> 2027-03-15 06:30 [UTC] ana: s2
""")


def test_wrong_object_a_snooze_of_one_firms_task_leaves_the_other_firms_alone(tell: Tell) -> None:
    tell("""
  2026-12-01 10:05 ana sets up Apex
  2026-12-01 10:06 ana sets up Basalt
  2026-12-01 10:07 ana answers yes in Apex
  2026-12-01 10:08 ana answers yes in Basalt
  2026-12-01 10:09 ana dates s2 2026-12-09 in Apex
  2026-12-01 10:10 ana dates s2 2026-12-09 in Basalt
  2026-12-02 09:07 ana snoozes s2 tomorrow in Basalt
  until 2026-12-04
  -> 2026-12-02 09:00 ana: Apex/s2, Basalt/s2
  -> 2026-12-03 09:00 ana: Basalt/s2
""")


def test_duplicates_a_snooze_from_a_second_message_takes_the_place_of_one_from_the_first(tell: Tell) -> None:
    tell(
        A_TASK
        + """
  2026-12-07 09:07 ana snoozes s2 week
  2026-12-08 09:07 ana snoozes s2 hour
  until 2026-12-15
  -> 2026-12-02 09:00 ana: s2
  -> 2026-12-07 09:00 ana: s2
  -> 2026-12-08 09:00 ana: s2
  -> 2026-12-08 10:07 ana: s2
  -> 2026-12-09 09:00 ana: s2
"""
    )


def test_stale_buttons_a_snooze_of_a_date_that_was_set_anew_does_not_come_back(tell: Tell) -> None:
    tell(
        A_TASK
        + """
  2026-12-02 09:07 ana dates s2 2027-03-01
  2026-12-02 09:08 ana snoozes s2 hour
  until 2026-12-04
  -> 2026-12-02 09:00 ana: s2
"""
    )


def test_size_limits_forty_firms_of_one_person_fit_into_one_message(tell: Tell) -> None:
    names = [f"Firm{n}" for n in range(40)]
    lines = [f"  2026-12-01 {10 + n // 60}:{n % 60:02} ana sets up {name}" for n, name in enumerate(names)]
    lines += [f"  2026-12-01 {12 + n // 60}:{n % 60:02} ana answers yes in {name}" for n, name in enumerate(names)]
    lines += [f"  2026-12-01 {14 + n // 60}:{n % 60:02} ana dates s2 2026-12-09 in {n_}" for n, n_ in enumerate(names)]
    everything = ", ".join(f"{name}/s2" for name in names)
    tell("\n".join([*lines, "  until 2026-12-03", f"  -> 2026-12-02 09:00 ana: {everything}"]))


def test_rate_limits_whoever_is_asked_to_wait_waits_and_sends_once(tell: Tell) -> None:
    asked = [("chat.postMessage", "ratelimited")] * 3
    played = tell(A_TASK + "  until 2026-12-03\n  -> 2026-12-02 09:00 ana: s2\n", Faults(planned=asked))
    assert played.calls["chat.postMessage"] == 1, "the others never came through"


def test_rate_limits_a_message_a_second_in_each_conversation(tell: Tell) -> None:
    played = tell(
        """
  2026-12-01 10:05 ana sets up Apex
  2026-12-01 10:06 ana answers yes
  2026-12-01 10:07 ana adds ben as member
  2026-12-01 10:08 ana dates s2 2026-12-01
  until 2026-12-02
  -> 2026-12-01 10:08 ana: s2
"""
    )
    assert played.too_soon == 0


def test_permanent_errors_are_not_tried_again_and_the_lead_is_told(tell: Tell) -> None:
    played = tell("""
  2026-12-01 10:05 ana sets up Apex
  2026-12-01 10:06 ana answers yes
  2026-12-01 10:07 ana adds ben as member
  2026-12-01 10:08 ben gives s2 to ben
  2026-12-01 10:09 ana dates s2 2026-12-09
  2026-12-01 10:10 ben takes no messages
  until 2026-12-08
  -> 2026-12-03 09:00 ana: person:ben
  -> 2026-12-07 09:00 ana: s2
""")
    assert played.calls["chat.postMessage"] == 3


def test_tokens_a_workspace_whose_token_counts_no_more_stops_at_once_and_goes_on_with_one_message(tell: Tell) -> None:
    played = tell(
        A_TASK
        + """
  2026-12-02 08:30 revoked until 2026-12-07 10:30
  until 2026-12-09
  -> 2026-12-07 10:30 ana: s2
  -> 2026-12-08 09:00 ana: s2
"""
    )
    assert played.calls["chat.postMessage"] == 3, "one that Slack refused, and nothing more"


def test_tenant_mix_up_a_firm_of_the_same_name_in_another_workspace_is_another_firm(tell: Tell) -> None:
    tell("""
  2026-12-01 10:05 ana sets up Apex
  2026-12-01 10:06 two_ana sets up Apex_two
  2026-12-01 10:07 ana answers yes in Apex
  2026-12-01 10:08 two_ana answers yes in Apex_two
  2026-12-01 10:09 ana dates s2 2026-12-09 in Apex
  2026-12-01 10:10 two_ana dates s2 2026-12-09 in Apex_two
  2026-12-01 10:11 two_ana dates step 3 2026-12-09 in Apex_two
  2026-12-02 09:07 ana does s2 in Apex
  until 2026-12-08
  -> 2026-12-02 09:00 ana: s2
  -> 2026-12-02 09:00 two_ana: Apex_two/s2, Apex_two/s3, Apex_two/s3e
  -> 2026-12-07 09:00 two_ana: Apex_two/s2, Apex_two/s3, Apex_two/s3e
""")


def test_one_failure_a_firm_whose_lead_cannot_be_reached_holds_up_nobody_else(tell: Tell) -> None:
    tell("""
  2026-12-01 10:05 ana sets up Apex
  2026-12-01 10:06 ana answers yes in Apex
  2026-12-01 10:07 ana dates s2 2026-12-09 in Apex
  2026-12-01 10:08 ana leaves
  2026-12-01 10:09 ben sets up Basalt
  2026-12-01 10:10 ben answers yes in Basalt
  2026-12-01 10:11 ben dates s2 2026-12-09 in Basalt
  until 2026-12-03
  -> 2026-12-02 09:00 ben: Basalt/s2
""")


def test_finished_work_what_is_done_while_the_bot_is_about_to_speak_is_not_spoken_of(tell: Tell) -> None:
    tell(
        A_TASK
        + """
  2026-12-02 08:59 ana does s2
  2026-12-03 10:07 ana dates s3e 2026-12-04
  until 2026-12-04
"""
    )


def test_ownerless_work_goes_to_the_lead(tell: Tell) -> None:
    tell("""
  2026-12-01 10:05 ana sets up Apex
  2026-12-01 10:06 ana answers yes
  2026-12-01 10:07 ana adds ben as member
  2026-12-01 10:08 ana gives s2 to ben
  2026-12-01 10:09 ana dates s2 2026-12-09
  2026-12-01 10:10 ana gives s2 to nobody
  until 2026-12-03
  -> 2026-12-02 09:00 ana: s2
""")
