"""patchkit ports a stack of patches from one upstream version to another."""

__version__ = "0.1.0"
