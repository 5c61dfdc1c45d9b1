"""What a firm's record is outside of the app: tables, calendar entries, and a document that can be read back in."""
