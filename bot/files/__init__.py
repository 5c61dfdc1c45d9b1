"""Files for people: workbook, CSV, calendar, JSON and the examiner packet, each from the same record."""
