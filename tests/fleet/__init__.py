"""Tests of `patchkit fleet`, from its file to its report."""
