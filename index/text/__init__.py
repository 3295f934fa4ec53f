"""Text in one normal form: its characters, lines, dates and figures. Knows nothing of articles."""
