"""What is shown: pure functions from flows values to plain Block Kit dicts; no client, no clock."""
