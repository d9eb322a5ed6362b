"""What the siblings of a variant did: families, edits, gaps, proposals."""
