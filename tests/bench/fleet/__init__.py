"""Measures `patchkit fleet`: real Debian source packages together with made ones.

How it measures, and what came out: `docs/explanation/scale.md`.
"""
