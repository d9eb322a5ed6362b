"""Algorithms on lines: reading patches, finding hunks, aligning and merging (pure, no I/O)."""
