"""Checks a packaging repository (pure): trees in, findings out."""
