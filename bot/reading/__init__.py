"""Takes a document apart, in a process of its own that has nothing but the file."""
