"""From what Slack sent to what it is answered: heard, given to its listener, brought back, each event once."""
