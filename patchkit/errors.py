"""The one family of errors that patchkit raises (ground floor, standard library only).

An error is for broken input or a broken environment. What happens to a patch
(it does not apply, it conflicts) is never an error but a value in the report.

Every error carries a message that names its subject, and hints that say what
to do next. `exit_code` is what the command line ends with; see
`docs/reference/exit-codes.md`.
"""

from __future__ import annotations

from typing import ClassVar


class PatchkitError(Exception):
    """Base of all errors of patchkit: a one-line message, and hints what to do next."""

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, *hints: str) -> None:
        super().__init__(message)
        self.message = message
        self.hints = hints

    def __str__(self) -> str:
        return " ".join((self.message, *self.hints))


class PatchFormatError(PatchkitError):
    """A patch file is not a patch that can be read: truncated, wrong counts, wrong encoding."""

    def __init__(self, patch: str, line: int | None, problem: str, *hints: str) -> None:
        place = patch if line is None else f"{patch}:{line}"
        super().__init__(f"{place}: {problem}", *hints)
        self.patch = patch
        self.line = line


class SeriesFormatError(PatchkitError):
    """A series file has a line that is not understood or not allowed."""

    def __init__(self, series: str, line: int, problem: str, *hints: str) -> None:
        super().__init__(f"{series}:{line}: {problem}", *hints)
        self.series = series
        self.line = line


class StackError(PatchkitError):
    """A stack folder is not complete: a patch missing, doubled or unlisted, no series file."""


class SettingsError(PatchkitError):
    """`patchkit.yaml` cannot be read, or has a key or value that is not understood."""


class ResolutionFormatError(PatchkitError):
    """A file with recorded resolutions has a line that is not understood."""

    def __init__(self, source: str, line: int, problem: str, *hints: str) -> None:
        super().__init__(f"{source}:{line}: {problem}", *hints)
        self.source = source
        self.line = line


class IgnoreFormatError(PatchkitError):
    """A file with findings that are left on purpose has a line that is not understood."""

    def __init__(self, source: str, line: int, problem: str, *hints: str) -> None:
        super().__init__(f"{source}:{line}: {problem}", *hints)
        self.source = source
        self.line = line


class SpecError(PatchkitError):
    """A spec file is not understood or cannot be updated, or what reads it is not installed."""


class ResolveError(PatchkitError):
    """No such held region or recorded decision, or one that cannot be answered like this."""


class UpstreamError(PatchkitError):
    """An upstream source or one of its versions cannot be found or read."""


class OutputError(PatchkitError):
    """The output cannot be written, or would overwrite what a person has edited."""


class FleetError(PatchkitError):
    """The cluster that is to port a fleet cannot be used, or was lost."""


class ForgeError(PatchkitError):
    """A forge cannot be asked, or says no: no such pull request, a token that may not comment."""


class ProofError(PatchkitError):
    """What would have been written does not reproduce the engine's tree. Nothing was written."""

    exit_code: ClassVar[int] = 3
