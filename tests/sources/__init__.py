"""Tests of `patchkit.sources`: real repositories, folders and archives; git and tar are oracles."""
