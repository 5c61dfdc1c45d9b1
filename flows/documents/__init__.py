"""The firm's own documents: how they are cut, found and quoted, and who may add them."""
