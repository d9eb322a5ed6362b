"""The same inputs give the same bytes, whatever is around."""
