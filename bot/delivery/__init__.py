"""What is owed to people: planned, taken up when it is due, written, sent once, settled."""
