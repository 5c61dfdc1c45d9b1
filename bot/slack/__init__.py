"""Slack as we call it: its Web API, its people and places, and where the app is installed."""
