"""Storage remembers: SQL in, flows values out."""
