"""Many firms from a table: what it says, what would come of it, and then the firms."""
