"""`patchkit completion`."""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from patchkit.cli.command import Command
from patchkit.cli.printing import print_text

SHELLS = ("bash", "zsh", "fish")
PROGRAM = "patchkit"
VARIABLE = "_PATCHKIT_COMPLETE"
"""The variable by which the script asks; click's own name for a program that is called so."""


@click.command(
    "completion",
    cls=Command,
    examples=(
        "patchkit completion bash > patchkit.bash",
        "patchkit completion zsh > _patchkit",
        "patchkit completion fish > patchkit.fish",
    ),
)
@click.argument("shell", type=click.Choice(SHELLS), metavar="bash|zsh|fish")
def command(shell: str) -> int:
    """Print the script by which a shell completes commands, options, versions and patches.

    Put it where the shell looks for such scripts: for bash the folder
    ~/.local/share/bash-completion/completions, for zsh a folder of $fpath, for fish
    ~/.config/fish/completions. docs/howto/install.md has the lines to type.
    """
    print_text(script_for(shell))
    return 0


def script_for(shell: str) -> str:
    """The script for one of `SHELLS`, as this version of click asks for it."""
    from patchkit.cli.main import cli  # which loads this module

    found = get_completion_class(shell)
    assert found is not None  # click knows each of `SHELLS`
    # Not the method of the class for bash: it runs bash to ask for its version, and here the
    # script may be for another machine.
    return ShellComplete.source(found(cli, {}, PROGRAM, VARIABLE))
