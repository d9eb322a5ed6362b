"""patchkit ports a stack of patches from one upstream version to another, and proves the result.

The names below are the library's front door; the rest is in the subpackages. They are imported when
they are first used, so that `import patchkit` costs nothing."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from patchkit.diffing.unified import format_patch, parse_patch
    from patchkit.errors import PatchkitError
    from patchkit.jobs.apply import plan_apply
    from patchkit.jobs.branching import ground_for, plan_branch, repository_at
    from patchkit.jobs.check import check, plan_refresh
    from patchkit.jobs.choices import Choices
    from patchkit.jobs.commenting import plan_comment
    from patchkit.jobs.convert import Target, plan_convert
    from patchkit.jobs.deps import find_dependencies
    from patchkit.jobs.diff import diff_stacks
    from patchkit.jobs.doctor import diagnose
    from patchkit.jobs.exporting import Changed, plan_export
    from patchkit.jobs.fleet import run_fleet
    from patchkit.jobs.importing import import_rerere
    from patchkit.jobs.init import plan_init
    from patchkit.jobs.inputs import source_tree
    from patchkit.jobs.lastport import last_port
    from patchkit.jobs.learning import plan_learn
    from patchkit.jobs.lint import Extent, Mending, plan_lint
    from patchkit.jobs.lintsources import NamedSource
    from patchkit.jobs.project import find_project
    from patchkit.jobs.rebase import Overwrite, plan_rebase
    from patchkit.jobs.report import last_report, saved_report
    from patchkit.jobs.resolving import Take, held_regions, record_answers, taken
    from patchkit.jobs.seriescuts import Chosen, plan_fold, plan_split
    from patchkit.jobs.seriesedits import (
        Dependents,
        Place,
        Side,
        edited_stack,
        plan_add,
        plan_disable,
        plan_move,
        plan_remove,
        plan_rename,
    )
    from patchkit.jobs.show import show_stack
    from patchkit.jobs.siblingchoices import Proposals, Reach, SiblingChoices
    from patchkit.jobs.siblings import ignore_finding
    from patchkit.jobs.upgrade import plan_upgrade
    from patchkit.model.decisions import Provenance
    from patchkit.model.entry import Entry
    from patchkit.model.lint import LintChoices, LintIgnore
    from patchkit.model.report import Status
    from patchkit.model.series import parse_series
    from patchkit.sources.branches import Replace
    from patchkit.sources.forges import Forge, ForgeKind, PullRequest
    from patchkit.workspace.fleet import load_fleet
    from patchkit.workspace.loading import load_stack
    from patchkit.workspace.memory import Memory
    from patchkit.workspace.resolutions import load_resolutions

__version__ = "0.1.0"

__all__ = [
    "Changed",
    "Choices",
    "Chosen",
    "Dependents",
    "Entry",
    "Extent",
    "Forge",
    "ForgeKind",
    "LintChoices",
    "LintIgnore",
    "Memory",
    "Mending",
    "NamedSource",
    "Overwrite",
    "PatchkitError",
    "Place",
    "Proposals",
    "Provenance",
    "PullRequest",
    "Reach",
    "Replace",
    "SiblingChoices",
    "Side",
    "Status",
    "Take",
    "Target",
    "check",
    "diagnose",
    "diff_stacks",
    "edited_stack",
    "find_dependencies",
    "find_project",
    "format_patch",
    "ground_for",
    "held_regions",
    "ignore_finding",
    "import_rerere",
    "last_port",
    "last_report",
    "load_fleet",
    "load_resolutions",
    "load_stack",
    "parse_patch",
    "parse_series",
    "plan_add",
    "plan_apply",
    "plan_branch",
    "plan_comment",
    "plan_convert",
    "plan_disable",
    "plan_export",
    "plan_fold",
    "plan_init",
    "plan_learn",
    "plan_lint",
    "plan_move",
    "plan_rebase",
    "plan_refresh",
    "plan_remove",
    "plan_rename",
    "plan_split",
    "plan_upgrade",
    "record_answers",
    "repository_at",
    "run_fleet",
    "saved_report",
    "show_stack",
    "source_tree",
    "taken",
]

_HOMES = {
    "Changed": "patchkit.jobs.exporting",
    "Choices": "patchkit.jobs.choices",
    "Chosen": "patchkit.jobs.seriescuts",
    "Dependents": "patchkit.jobs.seriesedits",
    "Entry": "patchkit.model.entry",
    "Extent": "patchkit.jobs.lint",
    "Forge": "patchkit.sources.forges",
    "ForgeKind": "patchkit.sources.forges",
    "LintChoices": "patchkit.model.lint",
    "LintIgnore": "patchkit.model.lint",
    "Memory": "patchkit.workspace.memory",
    "Mending": "patchkit.jobs.lint",
    "NamedSource": "patchkit.jobs.lintsources",
    "Overwrite": "patchkit.jobs.rebase",
    "PatchkitError": "patchkit.errors",
    "Place": "patchkit.jobs.seriesedits",
    "Proposals": "patchkit.jobs.siblingchoices",
    "Provenance": "patchkit.model.decisions",
    "PullRequest": "patchkit.sources.forges",
    "Reach": "patchkit.jobs.siblingchoices",
    "Replace": "patchkit.sources.branches",
    "SiblingChoices": "patchkit.jobs.siblingchoices",
    "Side": "patchkit.jobs.seriesedits",
    "Status": "patchkit.model.report",
    "Take": "patchkit.jobs.resolving",
    "Target": "patchkit.jobs.convert",
    "check": "patchkit.jobs.check",
    "diagnose": "patchkit.jobs.doctor",
    "diff_stacks": "patchkit.jobs.diff",
    "edited_stack": "patchkit.jobs.seriesedits",
    "find_dependencies": "patchkit.jobs.deps",
    "find_project": "patchkit.jobs.project",
    "format_patch": "patchkit.diffing.unified",
    "ground_for": "patchkit.jobs.branching",
    "held_regions": "patchkit.jobs.resolving",
    "ignore_finding": "patchkit.jobs.siblings",
    "import_rerere": "patchkit.jobs.importing",
    "last_port": "patchkit.jobs.lastport",
    "last_report": "patchkit.jobs.report",
    "load_fleet": "patchkit.workspace.fleet",
    "load_resolutions": "patchkit.workspace.resolutions",
    "load_stack": "patchkit.workspace.loading",
    "parse_patch": "patchkit.diffing.unified",
    "parse_series": "patchkit.model.series",
    "plan_add": "patchkit.jobs.seriesedits",
    "plan_apply": "patchkit.jobs.apply",
    "plan_branch": "patchkit.jobs.branching",
    "plan_comment": "patchkit.jobs.commenting",
    "plan_convert": "patchkit.jobs.convert",
    "plan_disable": "patchkit.jobs.seriesedits",
    "plan_export": "patchkit.jobs.exporting",
    "plan_fold": "patchkit.jobs.seriescuts",
    "plan_init": "patchkit.jobs.init",
    "plan_learn": "patchkit.jobs.learning",
    "plan_lint": "patchkit.jobs.lint",
    "plan_move": "patchkit.jobs.seriesedits",
    "plan_rebase": "patchkit.jobs.rebase",
    "plan_refresh": "patchkit.jobs.check",
    "plan_remove": "patchkit.jobs.seriesedits",
    "plan_rename": "patchkit.jobs.seriesedits",
    "plan_split": "patchkit.jobs.seriescuts",
    "plan_upgrade": "patchkit.jobs.upgrade",
    "record_answers": "patchkit.jobs.resolving",
    "repository_at": "patchkit.jobs.branching",
    "run_fleet": "patchkit.jobs.fleet",
    "saved_report": "patchkit.jobs.report",
    "show_stack": "patchkit.jobs.show",
    "source_tree": "patchkit.jobs.inputs",
    "taken": "patchkit.jobs.resolving",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'patchkit' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
