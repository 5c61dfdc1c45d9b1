"""Years of many firms' lives played through the real code, and compared with an oracle that knows only the rules."""
