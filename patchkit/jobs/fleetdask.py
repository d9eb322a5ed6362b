"""Ports a fleet on a Dask cluster that is there; the only module that knows distributed (jobs
floor)."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from patchkit.errors import FleetError
from patchkit.jobs.fleetstore import store_at
from patchkit.jobs.fleetworker import Done, Nurseries, run_package
from patchkit.model.fleet import Ending, Fleet, FleetPackage, PackageOutcome
from patchkit.model.shown import shown_name
from patchkit.render.fleetjson import outcome_json

_HOW_TO_GET = "Install it with pip install 'patchkit[fleet]', here and where the workers run."
_ADDRESS = re.compile(r"(?:tcp|tls)://[^\s/]+:[0-9]{1,5}")
_WHICH_ADDRESS = "Give the address that `dask scheduler` prints, such as tcp://10.0.0.1:8786."
_CONNECT_SECONDS = 10
_LOOK_SECONDS = 0.5
_OF_THREAD = threading.local()
"""Each thread of a worker keeps its process for the next package; it ends with the worker."""


@contextmanager
def ported_by_dask(fleet: Fleet, out: str, scheduler: str) -> Iterator[Iterator[Done]]:
    """Each package as it is finished, ported by the workers of the cluster at `scheduler`.

    A worker that dies loses nothing: the scheduler gives its packages to others. A package with
    which several workers die (`distributed.scheduler.allowed-failures`) has crashed. Raises
    `FleetError` when the cluster cannot be reached, or is lost.
    """
    try:
        from distributed import Client
        from distributed.comm.core import CommClosedError
    except ImportError as error:
        raise FleetError(f"{scheduler}: needs dask.distributed.", _HOW_TO_GET) from error
    if _ADDRESS.fullmatch(scheduler) is None:
        raise FleetError(f"{shown_name(scheduler)}: no address of a scheduler.", _WHICH_ADDRESS)
    try:
        client = Client(scheduler, timeout=_CONNECT_SECONDS, set_as_default=False)
    except OSError as error:
        raise FleetError(
            f"{scheduler}: no scheduler of Dask answers there: {error}.",
            _WHICH_ADDRESS,
        ) from error
    with _quiet(), client:
        futures = {
            client.submit(_run, one, out, key=f"patchkit-{fleet.name}-{one.name}", pure=False): one
            for one in fleet.packages
        }
        try:
            yield _finished(client, futures, out)
        finally:
            with suppress(CommClosedError):  # a lost scheduler has nothing left to cancel
                client.cancel(list(futures))


_TALKATIVE = ("distributed", "tornado", "asyncio")


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what distributed logs when a connection ends: it is told as an error, once."""
    # Some of its loggers have levels of their own, and it logs through tornado's, too.
    names = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in _TALKATIVE]
    loggers = [logging.getLogger(name) for name in (*_TALKATIVE, *names)]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _finished(client: Any, futures: dict[Any, FleetPackage], out: str) -> Iterator[Done]:
    from distributed import CancelledError, KilledWorker, as_completed
    from distributed.comm.core import CommClosedError

    for future in as_completed(futures, loop=client.loop):
        package = futures[future]
        try:
            yield future.result()
        except KilledWorker as error:
            lost = PackageOutcome(
                package.name, Ending.CRASHED, package.old or "", package.new or "",
                f"The workers that ported it died, the last one at {error.last_worker.address}.",
                limits=package.limits,
            )  # fmt: skip
            store_at(out).publish(package.name, None, outcome_json(lost))
            yield Done(lost)
        except (CancelledError, CommClosedError) as error:
            raise FleetError(
                f"{client.scheduler.address}: the scheduler was lost, or gave the packages up.",
                "Run the same command again: what is finished is not repeated.",
            ) from error
        future.release()


def _run(package: FleetPackage, out: str) -> Done:
    """Port one package in a worker of the cluster."""
    from distributed import get_worker

    worker = get_worker()
    key = worker.get_current_task()
    nurseries: Nurseries | None = getattr(_OF_THREAD, "nurseries", None)
    if nurseries is None or nurseries.is_closed:
        nurseries = _OF_THREAD.nurseries = Nurseries()
    is_over = threading.Event()
    watcher = threading.Thread(
        target=_end_when_cancelled, args=(nurseries, is_over, _is_wanted(worker, key)), daemon=True
    )
    watcher.start()
    try:
        return run_package(package, store_at(out), nurseries)
    finally:
        is_over.set()
        watcher.join()


def _is_wanted(worker: Any, key: object) -> Callable[[], bool]:
    def is_wanted() -> bool:
        task = worker.state.tasks.get(key)
        return task is not None and task.state == "executing"

    return is_wanted


def _end_when_cancelled(
    nurseries: Nurseries, is_over: threading.Event, is_wanted: Callable[[], bool]
) -> None:
    """The scheduler cannot stop a thread, but what the thread waits for can be ended."""
    while not is_over.wait(_LOOK_SECONDS):
        if not is_wanted():
            nurseries.close()
            return
