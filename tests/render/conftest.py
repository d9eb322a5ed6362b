"""Fixtures of the tests of `patchkit.render`."""

from .packaging import packaging

__all__ = ["packaging"]
