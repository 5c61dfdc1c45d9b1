"""Work that nobody waits for in the request: documents read, files made, copies kept, lists fetched."""
