"""Fixtures of the tests of what is lost."""

from tests.workspace.conftest import public_tmp_path, small_disk

__all__ = ["public_tmp_path", "small_disk"]
