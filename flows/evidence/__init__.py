"""Proof of a task: what may be added or taken away, what is weak, and files on their way from Slack."""
