"""What each cause of a held region means, and what a person does about it (face floor)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from patchkit.model.report import HeldCause


@dataclass(frozen=True, slots=True)
class CauseHelp:
    """A cause in words: what happened, and what a person does."""

    what: str
    advice: str


_SETTLE = "Settle it with `patchkit resolve`."
CAUSE_HELP: Mapping[HeldCause, CauseHelp] = {
    HeldCause.OVERLAP: CauseHelp(
        "Upstream and the patch changed the same or touching lines.",
        f"Decide what the new upstream shall have there. {_SETTLE}",
    ),
    HeldCause.DOUBTFUL: CauseHelp(
        "Nothing conflicts, but the hunk could land in another function or in two places.",
        f"Look whether this is the place that the patch means. {_SETTLE}",
    ),
    HeldCause.FILE_GONE: CauseHelp(
        "The file is not in the new upstream, and no file that took its place was found.",
        "Find where its code went, or decide that the change is not needed any more.",
    ),
    HeldCause.FILE_AMBIGUOUS: CauseHelp(
        "The file was moved upstream, and several files could be it.",
        "Choose the file, and port the hunks there.",
    ),
    HeldCause.FILE_EXISTS: CauseHelp(
        "The patch creates a file that the new upstream has with other content.",
        f"Compare the two, and decide which text it shall have. {_SETTLE}",
    ),
    HeldCause.FILE_CHANGED: CauseHelp(
        "The patch deletes a file that upstream changed.",
        f"Look whether upstream's change is needed elsewhere. {_SETTLE}",
    ),
    HeldCause.MODE: CauseHelp(
        "Patch and upstream changed the mode of the file differently.",
        f"Decide which mode it shall have. {_SETTLE}",
    ),
    HeldCause.KIND: CauseHelp(
        "The file became a symbolic link or a submodule, or stopped being one.",
        "Port the change by hand to what stands there now.",
    ),
    HeldCause.REJECTED: CauseHelp(
        "The hunk does not apply to the version that it was made for.",
        "Mend the patch in the old stack, and run the rebase again.",
    ),
    HeldCause.UNSUPPORTED: CauseHelp(
        "The change is one that GNU patch cannot make: a binary diff or a submodule.",
        "Make the change by hand.",
    ),
    HeldCause.REGENERATE: CauseHelp(
        "A tool makes the file: what conflicts in it is not to be merged.",
        "Run the tool that makes the file again, and take its output.",
    ),
}
