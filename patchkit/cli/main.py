"""The `patchkit` command: finds the subcommand, and turns errors into messages and exit codes.

Exit codes: 0 done, 1 something is left to a person, 2 usage or bad input, 3 the proof failed; see
`docs/reference/exit-codes.md`.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import NoReturn

import click

import patchkit
from patchkit.errors import PatchkitError

_COMMANDS = {
    "rebase": "patchkit.cli.rebase",
    "show": "patchkit.cli.show",
    "check": "patchkit.cli.check",
    "apply": "patchkit.cli.apply",
    "refresh": "patchkit.cli.refresh",
}
_BAD_INPUT = 2
_INTERRUPTED = 130


class _Commands(click.Group):
    """Loads a subcommand's module when it is asked for, so that the start is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(_COMMANDS[cmd_name])
        command: click.Command = module.command
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(patchkit.__version__, message="patchkit %(version)s")
def cli() -> None:
    """Port a stack of patches from one upstream version to another, and prove the result."""


def main() -> NoReturn:
    """Run the command line and exit."""
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except PatchkitError as error:
        _say_error(error.message, *error.hints)
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _say_error("Interrupted. Nothing was written.")
        code = _INTERRUPTED
    except BrokenPipeError:
        # The reader of our output went away: that is its right, not an error to talk about.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = _BAD_INPUT
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        _say_error(f"{name}{error.strerror or error}.")
        code = _BAD_INPUT
    sys.exit(code if isinstance(code, int) else 0)


def _say_error(message: str, *hints: str) -> None:
    lines = [f"patchkit: error: {message}", *(f"  {hint}" for hint in hints)]
    for line in lines:
        click.echo(_printable(line), err=True)


def _printable(text: str) -> str:
    """The text with control characters and undecodable bytes shown, so that names cannot act."""
    return "".join(
        char
        if char.isprintable() or char == "\n"
        else char.encode("unicode_escape").decode()
        if not "\udc80" <= char <= "\udcff"
        else f"\\x{ord(char) - 0xDC00:02x}"
        for char in text
    )
