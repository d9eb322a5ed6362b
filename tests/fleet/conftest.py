"""Fixtures of the tests of fleets."""

from tests.browser.conftest import browser

__all__ = ["browser"]
