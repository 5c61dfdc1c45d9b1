"""The numbered steps from an empty database to storage.models."""
