"""Tests of the rules that check a packaging repository."""
