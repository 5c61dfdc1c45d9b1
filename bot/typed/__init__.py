"""From what somebody typed to what is meant: the command, the firm, the task, the date, the period."""
