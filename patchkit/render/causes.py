"""What each cause of a held region means, and what a person does and types about it (face
floor)."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from patchkit.model.report import Held, HeldCause, PortedFile, PortedPatch, Region, Report
from patchkit.model.shown import shown_name


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


@dataclass(frozen=True, slots=True)
class Command:
    """What a person types, and what that does."""

    what: str
    text: str


def is_answerable(cause: HeldCause) -> bool:
    """Whether there is an answer at all: a patch that does not apply is to be mended."""
    return cause not in (HeldCause.REJECTED, HeldCause.UNSUPPORTED)


def takes_text(cause: HeldCause, file: PortedFile) -> bool:
    """Whether any text can be the answer."""
    return cause in (HeldCause.OVERLAP, HeldCause.DOUBTFUL) or (
        cause is HeldCause.FILE_EXISTS and file.new_path is not None
    )


def resolve_command(report: Report, *words: str) -> str:
    """`patchkit resolve` for this port. A report knows no folders of a machine: where stack or port
    are not where the project has them, `--stack` or `--out` is to be added."""
    versions = ("--from", shown_name(report.old_version), "--to", shown_name(report.new_version))
    return shlex.join(("patchkit", "resolve", *words, *versions))


def settling(
    region: Region, file: PortedFile, patch: PortedPatch, report: Report
) -> Iterator[Command]:
    """The commands of which one settles a held region; none where no answer can."""
    held = region.settlement
    if not isinstance(held, Held) or not is_answerable(held.cause):
        return
    path = (file.new_path or file.old_path or b"?").decode("utf-8", "surrogateescape")
    name = shown_name(f"{patch.name}:{path}:{region.number}")
    if takes_text(held.cause, file):
        yield Command("Settle it in your editor", resolve_command(report, name))
    elif held.cause is HeldCause.FILE_CHANGED:
        yield Command("Delete the file", resolve_command(report, name, "--take", "theirs"))
    if held.suggestion is not None:
        told = resolve_command(report, name, "--take", "suggestion")
        yield Command("Take what is suggested", told)
    if not takes_text(held.cause, file):
        told = resolve_command(report, name, "--take", "ours")
        yield Command("Leave the change out", told)
