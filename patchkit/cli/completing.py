"""What a shell may complete an argument with; each function answers click's `shell_complete`.

A shell asks while a person types: whatever is wrong there is no answer, and never a message.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from patchkit.errors import PatchkitError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from patchkit.jobs.project import Project

_MOST = 500
"""More words than this are of no use to a person."""


def folders(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Folders, which the shell knows best."""
    return [_of_shell(incomplete, "dir")]


def files(_: click.Context, __: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files and folders."""
    return [_of_shell(incomplete, "file")]


def stack_versions(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The versions that the project has a stack for."""
    return _beginning(incomplete, _answers(_versions, context))


def upstream_versions(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The versions of the stacks, and those of an upstream that is on this machine."""
    found = (*_answers(_versions, context), *_answers(_names_upstream, context))
    return _beginning(incomplete, found)


def patches(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The patches of the stack that the options before name, else of all stacks of the project."""
    return _beginning(incomplete, _answers(_patches, context))


def stacks_or_versions(
    context: click.Context, _: click.Parameter, incomplete: str
) -> list[CompletionItem] | list[str]:
    """Versions that the project has a stack for, else folders."""
    found = _beginning(incomplete, _answers(_versions, context))
    return found or [_of_shell(incomplete, "dir")]


def decisions(context: click.Context, _: click.Parameter, incomplete: str) -> list[str]:
    """The identities of the recorded decisions."""
    return _beginning(incomplete, _answers(_identities, context))


def rule_names(_: click.Context, __: click.Parameter, incomplete: str) -> list[str]:
    """The names of the rules."""
    from patchkit.engine.rules import RULES

    return _beginning(incomplete, (rule.name for rule in RULES))


def _of_shell(incomplete: str, kind: str) -> CompletionItem:
    """What the shell completes by itself."""
    from click.shell_completion import CompletionItem  # only where a shell asks

    return CompletionItem(incomplete, type=kind)


def _answers(ask: Callable[[click.Context], Iterable[str]], context: click.Context) -> list[str]:
    with suppress(PatchkitError, OSError, ImportError):
        return list(ask(context))
    return []


def _beginning(incomplete: str, words: Iterable[str]) -> list[str]:
    """Those that begin like that, without what a shell would have to quote."""
    found = dict.fromkeys(one for one in words if one.startswith(incomplete))
    return [one for one in found if shlex.quote(one) == one][:_MOST]


def _project(context: click.Context) -> Project:
    from patchkit.jobs.project import find_project

    return find_project(context.params.get("stack"))


def _versions(context: click.Context) -> Iterator[str]:
    yield from _project(context).versions()


def _names_upstream(context: click.Context) -> Iterator[str]:
    from patchkit.jobs.project import upstream_of

    project = _project(context)
    named = context.params.get("upstream")
    chosen = named or project.settings.upstream
    # What is not here would have to be asked through the network, for each key that is pressed.
    if chosen and Path(chosen).is_dir():
        upstream = upstream_of(project, named)
        try:
            yield from sorted(upstream.names())
        finally:
            upstream.close()


def _patches(context: click.Context) -> Iterator[str]:
    from patchkit.workspace.layout import read_layout

    project = _project(context)
    given = context.params.get("at") or context.params.get("old")
    if project.stack is not None:
        roots = [project.stack]
    else:
        roots = [project.stack_folder(one) for one in ([given] if given else project.versions())]
    for root in roots:
        for entry in read_layout(root)[1].entries:
            yield entry.name


def _identities(context: click.Context) -> Iterator[str]:
    from patchkit.workspace.beside import resolutions_place
    from patchkit.workspace.resolutions import load_resolutions

    place = context.params.get("resolutions")
    if place is None:
        project = _project(context)
        folder = project.stack or project.stack_folder("")
        place = resolutions_place(project.settings, folder)
    for record in load_resolutions(place).records:
        yield record.identity
