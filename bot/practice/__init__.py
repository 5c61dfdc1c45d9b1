"""The practice run of the sandbox: another day, a prepared story, a fresh start. Never part of a bot in Slack."""
