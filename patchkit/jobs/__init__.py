"""The jobs that patchkit does, whole: read a stack and upstream, compute, prove, plan the writing.

Everything that the command line can do is a function here.
"""
