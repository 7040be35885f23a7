"""What is read of sessions: the sheet, its safety, its limits, and lists."""
