"""Flows decides: frozen records and plain functions; no I/O, no clock, no Slack."""
