"""The signals that end a program, and what is left to do then."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = {signal.SIGHUP, signal.SIGINT, signal.SIGTERM}


class Ended(KeyboardInterrupt):
    """One of the signals came that end a program; its number."""


def end_by_exception() -> None:
    """Let SIGTERM and SIGHUP end the program as Ctrl-C does: temporary files are removed, locks are
    given back, and the programs that it runs end, too. What was to be ignored stays ignored."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def signal_of(error: BaseException) -> int:
    """The number of the signal that an interruption came from."""
    for one in (error, error.__cause__):  # click raises another one from it
        if isinstance(one, Ended):
            return int(one.args[0])
    return signal.SIGINT


def _end(number: int, _: FrameType | None) -> None:
    # One is enough: a second one must not get in the way of what is still to be removed.
    for one in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_IGN)
    raise Ended(number)


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
