"""What a person chose for a port: rules, thresholds, patches to keep (jobs floor).

A choice on the command line wins over the one in `patchkit.yaml`, and that over the default.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchkit.engine.policy import Policy
from patchkit.engine.rules import RULES, Certainty, Rule
from patchkit.errors import PatchkitError
from patchkit.model.shown import shown_name
from patchkit.workspace.settings import Settings

NO_RULES = "none"


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


def policy_with(policy: Policy, choices: Choices, settings: Settings) -> Policy:
    """The policy as it was chosen. Raises `PatchkitError` for a rule that there is not."""
    wanted = _certain_rules(choices.rules or settings.rules)
    accepted = [_named(name) for name in dict.fromkeys((*settings.accept, *choices.accept))]
    for rule in accepted:
        if rule.certainty is Certainty.CERTAIN:
            raise PatchkitError(
                f"The rule {rule.name} is certain: there is nothing to accept.",
                "Name a suggested one; `patchkit rules` lists them.",
            )
    share = settings.absorbed_from if choices.absorbed_from is None else choices.absorbed_from
    return replace(
        policy,
        rules=(*wanted, *accepted),
        suggestions=tuple(rule for rule in policy.suggestions if rule not in accepted),
        kept=frozenset((*settings.keep, *choices.keep)),
        absorbed_from=policy.absorbed_from if share is None else share / 100,
    )


def _certain_rules(names: Sequence[str]) -> tuple[Rule, ...]:
    certain = tuple(rule for rule in RULES if rule.certainty is Certainty.CERTAIN)
    if not names:
        return certain
    if tuple(names) == (NO_RULES,):
        return ()
    without = {_named(name[1:]).name for name in names if name.startswith("-")}
    only = {_named(name).name for name in names if not name.startswith("-")}
    return tuple(
        rule for rule in certain if rule.name not in without and (not only or rule.name in only)
    )


def _named(name: str) -> Rule:
    found = next((rule for rule in RULES if rule.name == name), None)
    if found is not None:
        return found
    near = difflib.get_close_matches(name, [rule.name for rule in RULES], n=1)
    hints = [f"Did you mean {near[0]}?"] if near else []
    raise PatchkitError(
        f"There is no rule {shown_name(name)}.", *hints, "`patchkit rules` lists them."
    )
