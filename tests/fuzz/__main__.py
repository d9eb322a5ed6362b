"""The command line: `python -m tests.fuzz --help`."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

# Nothing of patchkit is imported before atheris can watch it being imported.

_MOST_SECONDS = 20
_MOST_MEBIBYTES = 2048
_LONGEST = 20_000


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Fuzz what reads the input of strangers, guided by coverage (atheris, libFuzzer).

    TARGET is one that `targets` lists. It fails by anything but a PatchkitError, by text that does
    not come back byte for byte, by more than 20 seconds or 2 GiB for one input.
    """


@cli.command()
def targets() -> None:
    """List the targets."""
    from tests.fuzz.targets import TARGETS

    click.echo("\n".join(TARGETS))


_corpus = click.option(
    "--corpus", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="Where what was found is kept, and gone on from; without it, for this run only.",
)  # fmt: skip
_target = click.argument("target")


@cli.command()
@_target
@_corpus
@click.option("--seconds", type=click.IntRange(min=1), default=60, show_default=True)
@click.option("--runs", type=click.IntRange(min=1), help="So many inputs, however long they take.")
@click.option("--seed", type=int, default=0, help="The same for the same inputs; 0: by chance.")
@click.option(
    "--findings", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    default=Path(), show_default=True, help="Where an input that fails is written.",
)  # fmt: skip
def run(
    target: str, corpus: Path | None, seconds: int, runs: int | None, seed: int, findings: Path
) -> None:
    """Fuzz TARGET; the exit code is 0 when nothing failed."""
    import atheris

    with atheris.instrument_imports(include=["patchkit", "unidiff", "yaml"]):
        from tests.fuzz.targets import TARGETS, run_target
    from random import Random

    from tests.fuzz.mutating import mutation_for
    from tests.fuzz.seeds import seeds_of

    if target not in TARGETS:
        raise click.BadParameter(f"{target}: known are {', '.join(TARGETS)}")
    mutated = mutation_for(target)

    def mutate(raw: bytes, most: int, number: int) -> bytes:
        rng = Random(number)
        if rng.random() < 0.4:
            return bytes(atheris.Mutate(raw, most))
        return mutated(raw, rng)[:most]

    # libFuzzer ends the process itself: only what lives as long may hold the folder.
    kept = TemporaryDirectory(prefix="patchkit-fuzz-")
    place = corpus or Path(kept.name)
    place.mkdir(parents=True, exist_ok=True)
    findings.mkdir(parents=True, exist_ok=True)
    for number, raw in enumerate(seeds_of(target)):
        (place / f"seed-{number:04}").write_bytes(raw)
    limit = f"-runs={runs}" if runs else f"-max_total_time={seconds}"
    options = [
        limit, f"-seed={seed}", f"-timeout={_MOST_SECONDS}", f"-rss_limit_mb={_MOST_MEBIBYTES}",
        f"-max_len={_LONGEST}", f"-artifact_prefix={findings}/{target}-", "-print_final_stats=1",
    ]  # fmt: skip
    atheris.Setup(
        [sys.argv[0], *options, str(place)],
        lambda raw: run_target(target, raw),
        custom_mutator=mutate,
    )
    atheris.Fuzz()


@cli.command("try")
@_target
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
def try_files(target: str, files: tuple[Path, ...]) -> None:
    """Give FILES to TARGET once each, without atheris; a failure shows its traceback."""
    from tests.fuzz.targets import run_target

    for place in files:
        run_target(target, place.read_bytes())
        click.echo(f"{place}: passed")


if __name__ == "__main__":
    cli()
