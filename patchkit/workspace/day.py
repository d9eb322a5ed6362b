"""The day that is written into changelogs and records of decisions (workspace floor)."""

from __future__ import annotations

import datetime
import os

from patchkit.errors import SettingsError

_EPOCH = "SOURCE_DATE_EPOCH"


def this_day() -> datetime.date:
    """The day of `SOURCE_DATE_EPOCH` in UTC, where it is set; else this day, where one works.

    So a build gets the same bytes on any day. Raises `SettingsError` where it is no number of
    seconds since 1970, as its specification asks for (reproducible-builds.org).
    """
    epoch = os.environ.get(_EPOCH, "")
    if not epoch:
        return datetime.date.today()
    try:
        if not (epoch.isascii() and epoch.isdecimal()):
            raise ValueError
        return datetime.datetime.fromtimestamp(int(epoch), datetime.UTC).date()
    except (ValueError, OverflowError, OSError):
        raise SettingsError(
            f"{_EPOCH} in the environment is {epoch!r}, not a number of seconds since 1970.",
            f"Unset it, or set it as in: {_EPOCH}=$(git log -1 --format=%ct)",
        ) from None
