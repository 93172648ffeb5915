"""Implementation guides, one readable table each. A new guide is a new table, not new code."""
