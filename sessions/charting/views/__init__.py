"""Pages of sessions: the sheet, the record, events, lists."""
