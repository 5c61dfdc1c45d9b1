"""The examiner packet: a page to read, its PDF, the record, and the means to check all of it offline."""
