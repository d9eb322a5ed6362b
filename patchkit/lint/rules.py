"""The rules of lint, in the order of their codes (lint floor; pure).

A code is never used again for another rule. `docs/reference/lint.md` has a section for each.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchkit.model.lint import LintRule, Severity, selects

_ERROR, _WARNING, _NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE

NO_WEEKDAY = LintRule(
    "PK101", "changelog-no-weekday", _ERROR,
    "A changelog entry has no weekday before its date: rpmbuild stops with `bad date`.",
    "Write the weekday of the date before it: `* Mon Mar 6 2023 Name <mail> - 1.0-1`.",
    is_mended=True,
)  # fmt: skip
WRONG_WEEKDAY = LintRule(
    "PK102", "changelog-wrong-weekday", _WARNING,
    "The weekday of a changelog entry is not that of its date: rpmbuild warns of a `bogus date`.",
    "Write the weekday of the date; rpm itself goes by the date.",
    is_mended=True,
)  # fmt: skip
BAD_DATE = LintRule(
    "PK103", "changelog-bad-date", _ERROR,
    "The date of a changelog entry does not exist, or is not written as rpm reads it.",
    "Write it as `* Mon Mar 6 2023`: short English names, day, year.",
    is_mended=True,
)  # fmt: skip
CHANGELOG_ORDER = LintRule(
    "PK104", "changelog-order", _ERROR,
    "A changelog entry is newer than the one above it: rpmbuild stops.",
    "Correct the date that is wrong, or move the entry.",
)  # fmt: skip
CHANGELOG_INCOMPLETE = LintRule(
    "PK105", "changelog-incomplete", _ERROR,
    "A changelog entry lacks its name or its text, or text stands before the first entry.",
    "Write `* DATE Name <mail> - VERSION-RELEASE`, and what changed on the lines below.",
)  # fmt: skip
CHANGELOG_VERSION = LintRule(
    "PK106", "changelog-version", _WARNING,
    "The newest changelog entry is not for the Version and Release of the spec.",
    "Add the entry that is missing, or correct the one that is wrong.",
)  # fmt: skip
SPEC_ENCODING = LintRule(
    "PK107", "spec-encoding", _ERROR,
    "A line of a spec is not UTF-8 where rpm keeps its text: rpmbuild stops.",
    "Save the spec as UTF-8 (`iconv -f LATIN1 -t UTF-8`).",
)  # fmt: skip
SOURCE_MISSING = LintRule(
    "PK111", "source-missing", _ERROR,
    "A `SourceN:` names a file that is not in the repository: rpmbuild stops.",
    "Add the file, correct the name, or leave the rule out where the build service makes the file.",
)  # fmt: skip
PATCH_TAG_MISSING = LintRule(
    "PK112", "patch-tag-missing", _ERROR,
    "A `PatchN:` names a file that is not in the repository: rpmbuild stops.",
    "Add the file, or delete the line.",
)  # fmt: skip
FILE_UNNAMED = LintRule(
    "PK113", "file-unnamed", _WARNING,
    "A file of the repository is named by nothing: no spec, series or script uses it.",
    "Name it where it is needed, or delete it.",
)  # fmt: skip
VERSION_DIFFERS = LintRule(
    "PK121", "version-differs", _WARNING,
    "Spec, tarball, apply-patches and series are not all for the same version.",
    "Bring them all to the version of the spec.",
)  # fmt: skip
SERVICE_UNREADABLE = LintRule(
    "PK201", "service-unreadable", _ERROR,
    "A `_service` file is not XML, or not one of the build service.",
    "Mend the XML; the root is `<services>`.",
)  # fmt: skip
SERVICE_FOLDER = LintRule(
    "PK202", "service-extracts-folder", _ERROR,
    "A `_service` extracts a folder: the service copies files only, and dies with "
    "`IsADirectoryError`.",
    "Name the files (`patches/*`), or pack the folder into an archive that is a source.",
)  # fmt: skip
SERVICE_MISSING = LintRule(
    "PK203", "service-extracts-nothing", _ERROR,
    "A `_service` extracts a file that is not there.",
    "Correct the name, or delete the line.",
)  # fmt: skip
SERVICE_KEY = LintRule(
    "PK204", "service-needs-key", _ERROR,
    "A `_service` fetches from a git URL that needs a key or a password.",
    "Use an https:// URL that anybody can read.",
)  # fmt: skip
SERIES_UNREADABLE = LintRule(
    "PK301", "series-unreadable", _ERROR,
    "A line of a series file is not understood.",
    "Known are -pN, -R, guards (+flag, -flag) before the name, and # comments.",
)  # fmt: skip
SERIES_MISSING = LintRule(
    "PK302", "series-missing", _ERROR,
    "A series names a patch that is not there.",
    "Add the file, or delete the line.",
)  # fmt: skip
SERIES_DOUBLED = LintRule(
    "PK303", "series-doubled", _ERROR,
    "A series lists a patch twice: it does not apply the second time.",
    "Delete one of the two lines.",
    is_mended=True,
)  # fmt: skip
SERIES_UNLISTED = LintRule(
    "PK304", "series-unlisted", _WARNING,
    "A patch stands beside the others, but neither the series nor a spec lists it.",
    "List it, delete it, or mention it in a comment of the series.",
)  # fmt: skip
SERIES_GUARDED = LintRule(
    "PK305", "series-guarded", _NOTE,
    "A guard leaves a patch of the series out.",
    "Set the flag in patchkit.yaml, if the patch should be applied.",
)  # fmt: skip
SERIES_OUTSIDE = LintRule(
    "PK306", "series-outside", _ERROR,
    "A series names a patch outside of its folder.",
    "Put the patch into the folder and name it there.",
)  # fmt: skip
SERIES_SPEC = LintRule(
    "PK307", "series-and-spec", _WARNING,
    "The spec lists patches by `PatchN:` and the series lists others, or in another order.",
    "List the same patches in both, or use only one of them.",
)  # fmt: skip
SCRIPT_OUTDATED = LintRule(
    "PK401", "script-outdated", _WARNING,
    "An apply-patches that patchkit wrote is not what it would write now.",
    "Write it anew; settings belong in patchkit.yaml.",
    is_mended=True,
)  # fmt: skip
BASHISM = LintRule(
    "PK402", "script-bashism", _WARNING,
    "A script that is run by `sh` uses what only bash knows.",
    "Write it as POSIX has it, run it with bash, or let patchkit write it.",
)  # fmt: skip
LAST_LINE = LintRule(
    "PK403", "script-loses-last-line", _WARNING,
    "A loop of `read` leaves out a last line without a line end.",
    'Write `while read -r line || [ -n "$line" ]`, and end the series with a line end.',
)  # fmt: skip
LAST_PATCH = LintRule(
    "PK404", "series-last-patch-lost", _ERROR,
    "The last patch of a series is not applied: its line has no end, and the script's loop "
    "leaves it out.",
    "End the last line of the series.",
    is_mended=True,
)  # fmt: skip
SCRIPT_FUZZ = LintRule(
    "PK405", "script-fuzz", _WARNING,
    "A script lets `patch` ignore context lines, so a hunk may land in the wrong place.",
    "Refresh the patches and give `patch -F0`.",
)  # fmt: skip
SCRIPT_GOES_ON = LintRule(
    "PK406", "script-goes-on", _ERROR,
    "A script goes on when a patch does not apply.",
    "Begin it with `set -e`, or write `patch … || exit 1`.",
)  # fmt: skip
SCRIPT_TARBALL = LintRule(
    "PK407", "script-tarball-missing", _ERROR,
    "A script unpacks a tarball that is not in the repository.",
    "Add the tarball, or correct its name.",
)  # fmt: skip
SCRIPT_BY_HAND = LintRule(
    "PK408", "script-by-hand", _NOTE,
    "An apply-patches is not the one that patchkit would write.",
    "`patchkit refresh` writes one that checks everything first and changes all or nothing.",
)  # fmt: skip
PATCH_UNREADABLE = LintRule(
    "PK501", "patch-unreadable", _ERROR,
    "A patch cannot be read.",
    "Get the patch anew.",
)  # fmt: skip
PATCH_UNDESCRIBED = LintRule(
    "PK502", "patch-undescribed", _WARNING,
    "A patch does not say what it is for.",
    "Write a subject and a reason above the first diff.",
)  # fmt: skip
PATCH_OUTSIDE = LintRule(
    "PK503", "patch-outside", _ERROR,
    "A patch changes a file outside of the source tree; `patch` refuses it.",
    "Correct the path, or the level that is stripped.",
)  # fmt: skip
PATCH_LINE_ENDS = LintRule(
    "PK504", "patch-line-ends", _WARNING,
    "A patch has CR LF where its files have LF, or the other way round.",
    "Convert the patch, or the lines that it adds.",
)  # fmt: skip
PATCH_BINARY = LintRule(
    "PK505", "patch-binary", _ERROR,
    "A patch has a binary diff, which GNU patch refuses.",
    "Make the file a source of its own, or apply the patch with `git apply`.",
)  # fmt: skip
PATCH_MODE = LintRule(
    "PK506", "patch-mode-lost", _WARNING,
    "A patch changes something besides text that `patch` leaves out.",
    "Make the patch with `git format-patch`, or set the mode in the spec.",
)  # fmt: skip
PATCH_FILES = LintRule(
    "PK507", "patch-file-list", _WARNING,
    "The file list above the diff is not that of the diff: the patch was edited, or cut.",
    "Make the patch anew, or correct the list.",
)  # fmt: skip
PATCH_SEPARATOR = LintRule(
    "PK508", "patch-separator", _WARNING,
    "Right behind a hunk stands a line `---`: a tool may take it for a removed line `--`.",
    "Put an empty line above it.",
)  # fmt: skip
NAMES_FOLDED = LintRule(
    "PK509", "names-folded", _WARNING,
    "Two names differ in case or Unicode form only: where a file system folds them, one of the two "
    "files is lost.",
    "Give one of the two another name.",
)  # fmt: skip
DOES_NOT_APPLY = LintRule(
    "PK601", "patch-does-not-apply", _ERROR,
    "A patch does not apply to its own version.",
    "Mend the patch, or check that the version is the right one.",
)  # fmt: skip
NEEDS_FUZZ = LintRule(
    "PK602", "patch-needs-fuzz", _WARNING,
    "A patch applies only when context lines are ignored.",
    "`patchkit refresh` takes out fuzz; look at where the hunk landed.",
)  # fmt: skip
NEEDS_OFFSET = LintRule(
    "PK603", "patch-needs-offset", _NOTE,
    "A patch applies at other lines than it says.",
    "`patchkit refresh` takes out offsets.",
)  # fmt: skip

LINT_RULES = (
    NO_WEEKDAY, WRONG_WEEKDAY, BAD_DATE, CHANGELOG_ORDER, CHANGELOG_INCOMPLETE, CHANGELOG_VERSION,
    SPEC_ENCODING, SOURCE_MISSING, PATCH_TAG_MISSING, FILE_UNNAMED, VERSION_DIFFERS,
    SERVICE_UNREADABLE, SERVICE_FOLDER, SERVICE_MISSING, SERVICE_KEY,
    SERIES_UNREADABLE, SERIES_MISSING, SERIES_DOUBLED, SERIES_UNLISTED, SERIES_GUARDED,
    SERIES_OUTSIDE, SERIES_SPEC,
    SCRIPT_OUTDATED, BASHISM, LAST_LINE, LAST_PATCH, SCRIPT_FUZZ, SCRIPT_GOES_ON, SCRIPT_TARBALL,
    SCRIPT_BY_HAND,
    PATCH_UNREADABLE, PATCH_UNDESCRIBED, PATCH_OUTSIDE, PATCH_LINE_ENDS, PATCH_BINARY, PATCH_MODE,
    PATCH_FILES, PATCH_SEPARATOR, NAMES_FOLDED,
    DOES_NOT_APPLY, NEEDS_FUZZ, NEEDS_OFFSET,
)  # fmt: skip


def meant_rules(selector: str) -> Sequence[LintRule]:
    """The rules that a selector means; none for one that is not understood."""
    return [rule for rule in LINT_RULES if selector and selects(selector, rule)]
