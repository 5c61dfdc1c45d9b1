"""What ought to be sent: written from docs/reminders.md and the product's page, and from no code of ours.

It goes from happening to happening. After each it asks anew which reminders hold; what holds from before its instant
until its instant is sent then, and what comes to hold later than its instant is never sent.
"""

from tests.simulation.oracle.playing import expected

__all__ = ["expected"]
