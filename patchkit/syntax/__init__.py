"""Reads source code without a compiler: what a file defines, calls and expects (pure)."""
