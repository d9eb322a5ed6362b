"""The day that goes into records: SOURCE_DATE_EPOCH's in UTC, or this one."""

from __future__ import annotations

import datetime

import pytest

from patchkit.errors import SettingsError
from patchkit.workspace.day import this_day


@pytest.mark.parametrize("zone", ["<+14>-14", "<-12>+12"])
def test_the_day_that_is_given(monkeypatch: pytest.MonkeyPatch, zone: str) -> None:
    """It is a day of UTC wherever one works."""
    monkeypatch.setenv("TZ", zone)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795564800")
    assert datetime.date(2026, 11, 25) == this_day()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795564799")
    assert datetime.date(2026, 11, 24) == this_day()


@pytest.mark.parametrize("given", [None, ""])
def test_no_day_is_given(monkeypatch: pytest.MonkeyPatch, given: str | None) -> None:
    """Then it is today, unless midnight passes."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    if given is not None:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    before = datetime.date.today()
    assert this_day() in (before, datetime.date.today())


@pytest.mark.parametrize("given", ["yesterday", "-1", "1.5", "9" * 30, "\u0661"])
def test_what_is_no_day(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    """It is refused, as reproducible-builds.org asks for, and not passed over."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", given)
    with pytest.raises(SettingsError, match="SOURCE_DATE_EPOCH") as caught:
        this_day()
    assert "\n" not in caught.value.message
