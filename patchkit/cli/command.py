"""What every command is: its help ends with lines to type, a misspelt one gets the near one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import click

_INDENT = "  "
_ELSEWHERE = {
    "applied": "show",
    "cherry-pick": "rebase",
    "configure": "init",
    "delete": "series remove",
    "edit": "series",
    "import": "series add",
    "list": "show",
    "new": "series add",
    "patches": "show",
    "pop": "series disable",
    "port": "rebase",
    "push": "apply",
    "range-diff": "diff",
    "rerere": "resolutions import-rerere",
    "setup": "init",
    "status": "show",
    "unapplied": "show",
    "update": "upgrade",
    "verify": "check",
}
"""What other tools, quilt and git among them, call what is here called otherwise."""


class NoSuchCommandError(click.UsageError):
    """There is no such command; `near` are those that may be meant, the likeliest first."""

    def __init__(self, name: str, near: Sequence[str], context: click.Context) -> None:
        super().__init__(f"No such command {name!r}.", context)
        self.near = tuple(near)


class Command(click.Command):
    """A command with examples: lines that can be typed as they stand."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples where click writes what comes last."""
        super().format_epilog(ctx, formatter)
        _write_examples(self.examples, formatter)


class Group(click.Group):
    """A command with subcommands, and with examples of its own."""

    command_class = Command

    def __init__(self, *args: Any, examples: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.examples = tuple(examples)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples where click writes what comes last."""
        super().format_epilog(ctx, formatter)
        _write_examples(self.examples, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the subcommand that the first word names. Raises `NoSuchCommandError`."""
        name = args[0]
        is_word = not name.startswith("-") and not ctx.resilient_parsing
        if is_word and self.get_command(ctx, name) is None:
            raise NoSuchCommandError(name, self._near(name, ctx), ctx)
        return super().resolve_command(ctx, args)

    def _near(self, name: str, context: click.Context) -> list[str]:
        import difflib  # only where a word is wrong

        known = self.list_commands(context)
        near = difflib.get_close_matches(name, known)
        begun = [one for one in known if name and one.startswith(name)]
        elsewhere = _ELSEWHERE.get(name, "")
        also = [elsewhere] if elsewhere.partition(" ")[0] in known else []
        return list(dict.fromkeys((*also, *begun, *near)))


def near_hint(words: Iterable[str]) -> tuple[str, ...]:
    """The hint of an error on a word that there is not; none where nothing is near.

    >>> near_hint(["rebase", "refresh"])
    ("Did you mean 'rebase' or 'refresh'?",)
    """
    said = " or ".join(map(repr, words))
    return (f"Did you mean {said}?",) if said else ()


def _write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    """Never folded: each line is for copying."""
    if examples:
        with formatter.section("Examples"):
            for line in examples:
                formatter.write(f"{_INDENT}{line}\n")
