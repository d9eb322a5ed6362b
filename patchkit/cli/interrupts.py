"""Ctrl-C while files are put in place."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

_SIGNALS = {signal.SIGHUP, signal.SIGINT, signal.SIGTERM}


@contextmanager
def interrupts_waiting() -> Iterator[None]:
    """Let the signals that end a program wait until the block is done.

    Writing survives a kill as well, but then it is the next run that finishes it.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
