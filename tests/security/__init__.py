"""Attacks through the real program: what a stranger may send, and what must not come of it."""
