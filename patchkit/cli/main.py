"""The `patchkit` command: finds the subcommand, and turns errors into messages and exit codes.

Exit codes: 0 done, 1 something is left to a person, 2 usage or bad input, 3 the proof failed, 70 a
fault of patchkit itself; see `docs/reference/exit-codes.md`.
"""

from __future__ import annotations

import codecs
import gc
import importlib
import io
import locale
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

import patchkit
from patchkit.cli.command import Group, NoSuchCommandError, near_hint
from patchkit.cli.interrupts import end_by_exception, signal_of
from patchkit.cli.listed import GROUPS, SUMMARIES
from patchkit.errors import PatchkitError
from patchkit.model.shown import shown_name

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_PROGRAM = "patchkit"
_OBJECTS_BETWEEN_COLLECTIONS = 200_000
_BAD_INPUT = 2
_OWN_FAULT = 70
"""What sysexits.h calls EX_SOFTWARE: no script may take it for bad input."""
_BY_SIGNAL = 128
"""What a shell adds to the number of the signal that ended a program."""
_TRACEBACK = "PATCHKIT_TRACEBACK"


class _Commands(Group):
    """Loads a subcommand's module when it is asked for, so that the start is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        return list(SUMMARIES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # as above
        if cmd_name not in SUMMARIES:
            return None
        module = importlib.import_module(f"patchkit.cli.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # as above
        """Write the commands, those together that are used together."""
        width = max(map(len, SUMMARIES))
        for heading, commands in GROUPS.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{name:<{width}}", told) for name, told in commands.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """The commands that begin like that, each with its sentence, and options."""
        from click.shell_completion import CompletionItem  # only where a shell asks

        found = [(name, told) for name, told in SUMMARIES.items() if name.startswith(incomplete)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [*(CompletionItem(name, help=told) for name, told in found), *options]


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    examples=(
        "patchkit doctor",
        "patchkit init",
        "patchkit rebase --from 2.5.1 --to 3.2.0",
    ),
)
@click.version_option(patchkit.__version__, message="patchkit %(version)s")
def cli() -> None:
    """Port a stack of patches from one upstream version to another, and prove the result."""


def main() -> NoReturn:
    """Run the command line and exit."""
    _start_in_utf8()
    # What is in memory are values without cycles; looking for some takes an eighth of a long run.
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS, 50, 50)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None where it was closed
            stream.reconfigure(encoding=_encoding_of(stream), errors="backslashreplace")
    end_by_exception()
    try:
        code = cli.main(sys.argv[1:] or ["--help"], _PROGRAM, standalone_mode=False)
    except click.UsageError as error:
        _say_error(*usage_lines(error))
        code = _BAD_INPUT
    except PatchkitError as error:
        _say_error(error.message, *error.hints)
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort) as error:
        _say_error("Interrupted.", "What was to be written is there as a whole, or not at all.")
        code = _BY_SIGNAL + signal_of(error)
    except OSError as error:
        name = f"{error.filename}: " if error.filename else ""
        _say_error(f"{name}{error.strerror or error}.")
        code = _BAD_INPUT
    except Exception as error:
        # Whatever it is, nobody gets a traceback unasked.
        _say_own_fault(error)
        code = _OWN_FAULT
    sys.exit(code if isinstance(code, int) else 0)


def _start_in_utf8() -> None:
    """Start this process anew in Python's UTF-8 mode where the locale has another encoding.

    Names in a stack are bytes that are read as UTF-8; Python would read those of files and
    arguments by the locale, and find none of them again (some encodings even lose bytes). Python
    3.15 is in this mode by itself.
    """
    if sys.flags.utf8_mode or codecs.lookup(sys.getfilesystemencoding()).name == "utf-8":
        return
    os.environ["PYTHONUTF8"] = "1"  # for the processes that it starts
    try:
        words = Path("/proc/self/cmdline").read_bytes().split(b"\0")[1:-1]
    except OSError:
        words = [os.fsencode(word) for word in sys.orig_argv[1:]]
    command = [os.fsencode(sys.executable), b"-X", b"utf8", *words]
    os.execv(sys.executable, command)  # noqa: S606 (the same program)


def _encoding_of(stream: io.TextIOWrapper) -> str:
    """UTF-8 for files and pipes, which may go anywhere, unless the person says otherwise; for a
    terminal what it is set to."""
    if os.environ.get("PYTHONIOENCODING"):
        return stream.encoding
    encoding = codecs.lookup(locale.getencoding()).name
    return encoding if stream.isatty() and encoding != "ascii" else "utf-8"


def usage_lines(error: click.UsageError) -> tuple[str, ...]:
    """What is told of a wrong usage: what is wrong, what was probably meant, where to read on."""
    command = _PROGRAM if error.ctx is None else error.ctx.command_path
    message = error.format_message()
    near: tuple[str, ...] = ()
    if isinstance(error, NoSuchCommandError):
        near = near_hint(error.near)
    elif isinstance(error, click.NoSuchOption):
        # What click makes of the possibilities differs from version to version.
        message, near = error.message, near_hint(error.possibilities or ())
    return (message, *near, f"Try '{command} --help'.")


def _say_own_fault(error: Exception) -> None:
    if os.environ.get(_TRACEBACK) == "1":
        for line in "".join(traceback.format_exception(error)).splitlines():
            click.echo(shown_name(line), err=True)
    told = " ".join(str(error).split())
    _say_error(
        f"a fault of patchkit itself: {type(error).__name__}{f': {told}' if told else ''}.",
        f"Please report it with what {_TRACEBACK}=1 says when the same command is run again.",
    )


def _say_error(message: str, *hints: str) -> None:
    said = "\n  ".join((f"patchkit: error: {message}", *hints))
    # Names in it may hold escape sequences, which must not reach the terminal.
    click.echo("\n".join(map(shown_name, said.split("\n"))), err=True)
