"""A pretend Slack: as strict as the real one, on this machine, knowing nothing about the bot."""
