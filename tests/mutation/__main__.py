"""The command line: `python -m tests.mutation --help`."""

from __future__ import annotations

from tests.mutation.command import cli

if __name__ == "__main__":
    cli()
