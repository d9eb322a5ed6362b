"""What is asked of the siblings of a variant, and of which port (jobs floor)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from patchkit.engine.policy import Policy
    from patchkit.engine.rebasing import PortedStack
    from patchkit.model.report import PortedPatch
    from patchkit.model.stack import Stack
    from patchkit.model.tree import Path, Tree
    from patchkit.workspace.settings import Settings


class Proposals(Enum):
    """What becomes of the edits that can be merged into the files of ours."""

    SHOWN = "shown"
    """They stand in the report."""
    STACKED = "stacked"
    """They are a patch on top of the new stack."""


class Reach(Enum):
    """How far to look."""

    NOWHERE = "nowhere"
    """Nothing is compared."""
    AT_HAND = "at hand"
    """Into every file; where they would have to be fetched first, no further than the families of
    the stack's files."""
    WHOLE = "whole"
    """Into every file, wherever it is."""


@dataclass(frozen=True)
class Ported:
    """A port, as a comparison of siblings needs it."""

    stack: Stack
    old: Tree
    new: Tree
    policy: Policy
    ported: PortedStack
    version: str

    def added(self) -> Mapping[Path, str]:
        """The files that the stack makes in the new tree, each with the patch that makes it."""
        found: dict[Path, str] = {}
        for patch in self.ported.patches:
            for path in _paths(patch):
                is_made = (
                    self.ported.pristine.get(path) is None
                    and self.ported.result.get(path) is not None
                )
                if is_made:
                    found.setdefault(path, patch.name)
        return found


def _paths(patch: PortedPatch) -> Iterator[Path]:
    for file in patch.files:
        if file.new_path is not None:
            yield file.new_path


@dataclass(frozen=True, slots=True)
class SiblingChoices:
    """What is asked of the siblings. `variants` are names of ours; none: as set, or as found."""

    variants: tuple[str, ...] = ()
    proposals: Proposals = Proposals.SHOWN
    reach: Reach = Reach.AT_HAND

    def may_concern(self, port: Ported, settings: Settings) -> bool:
        """Whether there is something to compare: a variant that is named, or files that the stack
        adds and that may be one's."""
        if self.reach is Reach.NOWHERE:
            return False
        return bool(self.variants or settings.variant or port.added())


AS_FOUND = SiblingChoices()
NOT_ASKED = SiblingChoices(reach=Reach.NOWHERE)
