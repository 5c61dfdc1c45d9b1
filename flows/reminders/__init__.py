"""Who is reminded of what, and when: pure rules over a firm's position. docs/reminders.md says them in words."""
