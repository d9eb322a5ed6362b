"""Reads the patches of real stacks beside git and GNU patch."""
