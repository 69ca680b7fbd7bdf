"""Where training runs: a Dask cluster, by default one of this machine that starts by itself and ends with us."""

import contextlib
import logging
import os
import ssl
from typing import Any

import dask
import psutil
from distributed import Client, LocalCluster, Security
from distributed.comm import parse_address

from mnist37.engine.worker import WarmUp
from mnist37.errors import EngineError

SCHEDULER_VARIABLE = "MNIST37_SCHEDULER"
WORKERS_VARIABLE = "MNIST37_WORKERS"

MEMORY_SHARE = 0.8
"""Of the machine's memory, for all workers together; a worker that takes more than its part is ended and reported."""

CONFIG = {
    # A killed worker is reported at once, instead of training the same run again on the next one.
    "distributed.scheduler.allowed-failures": 0,
    # Waiting runs wait at the scheduler, where a free worker finds them.
    "distributed.scheduler.worker-saturation": 1.0,
    # Events are told once and kept in the run store; the scheduler need not remember them.
    "distributed.admin.low-level-log-length": 100,
    # A training is no heap of spillable results: only the hard limit makes sense.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    # With more runs than cores, threads that spin while they wait for each other make each run many times slower.
    "distributed.nanny.pre-spawn-environ.OMP_WAIT_POLICY": "PASSIVE",
}


def worker_count() -> int:
    """How many runs train at the same time on this machine.

    At least two, so that one long run does not make a class wait; at most four, as each holds 850 MB with fastai.

    Raises:
        EngineError: MNIST37_WORKERS is no number from 1 to 64.
    """
    asked = os.environ.get(WORKERS_VARIABLE)
    if not asked:
        return min(4, max(2, (os.cpu_count() or 1) - 1))
    if not asked.isdecimal() or not 1 <= int(asked) <= 64:
        raise EngineError(f"{WORKERS_VARIABLE} is {asked!r}.", "Set it to a whole number from 1 to 64, or unset it.")
    return int(asked)


def connect(scheduler: str | None) -> Client:
    """A client of the cluster at `scheduler`, or of a new one on this machine; every worker of it warms up.

    Raises:
        EngineError: no scheduler answers there, or no worker could be started.
    """
    dask.config.set(CONFIG)
    client = _connect_to(scheduler) if scheduler else Client(_local_cluster())
    client.register_plugin(WarmUp())
    return client


def _local_cluster() -> LocalCluster:
    workers = worker_count()
    try:
        return LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            dashboard_address=None,
            # Dask serves its state by HTTP all the same: for this machine only, and on any port that is free.
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            silence_logs=logging.CRITICAL,  # a lost worker is told by its run, not by a page of Dask's own
            memory_limit=int(psutil.virtual_memory().total * MEMORY_SHARE / workers),
        )
    except (OSError, RuntimeError, TimeoutError) as error:
        raise EngineError(
            f"The training engine could not start ({error}).", "Close other programs and reload."
        ) from error


def _connect_to(scheduler: str) -> Client:
    try:
        scheme, _ = parse_address(scheduler)
        return Client(scheduler, security=_security() if scheme == "tls" else None, timeout=10)
    except (OSError, TimeoutError, ValueError, TypeError, ssl.SSLError) as error:
        raise EngineError(
            f"No Dask scheduler answers at {scheduler} ({error}).",
            f"Start it there, or correct {SCHEDULER_VARIABLE}, or unset it to train on this machine.",
        ) from error


def _security() -> Security:
    """Certificates as Dask's own configuration names them (`distributed.comm.tls`)."""
    return Security(require_encryption=True)


def close(client: Client) -> None:
    """Let go of a cluster; one of our own ends with its workers."""
    cluster: Any = client.cluster
    with contextlib.suppress(TimeoutError):  # what does not end in time ends with this process
        client.close(timeout=5)
        if cluster is not None:
            cluster.close(timeout=10)
