"""What a person chose for a port: rules, thresholds, patches to keep (jobs floor).

A choice on the command line wins over the one in `patchkit.yaml`, and that over the default.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Choices:
    """Choices for one port; what is None or empty is left to the settings, then to the default.

    `rules` are the certain rules to use,
    by name: only these, or with a `-` before each, all but these; `none` alone for no rule.
    `accept` are suggested rules that are taken like certain ones. `keep` are patches that are not
    dropped for what upstream has of them, `absorbed_from` the percentage from which others are.
    """

    rules: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    absorbed_from: int | None = None


NO_CHOICES = Choices()
