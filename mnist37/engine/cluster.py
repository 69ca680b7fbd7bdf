"""The Dask cluster that runs are trained on: by default one of this machine, which starts and ends with the app."""

import asyncio
import atexit
import contextlib
import os
import shutil
import ssl
import sys
import tempfile
from functools import lru_cache
from typing import Any

import dask
import psutil
from distributed import Client, LocalCluster, Security
from distributed.comm import parse_address
from distributed.deploy.spec import close_clusters
from distributed.system import MEMORY_LIMIT
from distributed.utils import get_mp_context

from mnist37.child_process import python_path
from mnist37.engine.limits import WORKERS, check_limits
from mnist37.engine.log import dask_level
from mnist37.engine.worker import WarmUp
from mnist37.errors import EngineError
from mnist37.rungs.devices import cores, found_gpu

SCHEDULER_VARIABLE = "MNIST37_SCHEDULER"

MIN_WORKERS = 2
"""Workers that start with the cluster and stay; more of them start and end with the runs."""

MAX_FORKED, MAX_SPAWNED = 32, 4
"""Maximum workers, however much memory there is: a forked one takes some 45 MB, a spawned one 550 MB."""

FULL_SHARES = 4
"""The memory limit of a worker is this part of the memory for all: few runs take as much as they may."""

MEMORY_SHARE = 0.8
"""Share of the machine's memory for all workers; one that takes more than its part is ended and reported."""

MEMORY_OF_THE_REST = 1.0e9
"""Bytes for the web process and the one that workers are forked from."""

MEMORY_OF_A_WORKER = 0.4e9
"""Bytes that a worker needs of its own while it trains a ResNet-18 on the embedded digits."""

PRELOADED = "mnist37.engine.preload"

WORKER_END_TIMEOUT_S = 0.5
"""Maximum wait for a worker to end; one that trains is killed then."""

END_TIMEOUT_S = 2.0
"""Maximum wait for each part of the cluster's end."""

CONFIG: dict[str, Any] = {
    # A killed worker is reported at once, instead of training the same run again on the next one.
    "distributed.scheduler.allowed-failures": 0,
    # A worker's last sign of life is measured by the machine's clock: all would be ended when it is set forward.
    "distributed.scheduler.worker-ttl": None,
    # Waiting runs wait at the scheduler, where a free worker finds them.
    "distributed.scheduler.worker-saturation": 1.0,
    # Events are sent once and kept in the run store; the scheduler need not remember them.
    "distributed.admin.low-level-log-length": 100,
    # Dask serves its state by HTTP to whoever asks; with no pages there is nothing to read.
    "distributed.scheduler.http.routes": [],
    "distributed.worker.http.routes": [],
    # A training is no heap of spillable results: only the hard limit makes sense.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
    # What is measured at each of many workers, many times a second, costs the cores that runs compute on.
    "distributed.worker.profile.enabled": False,
    "distributed.worker.memory.monitor-interval": "500ms",
    "distributed.admin.system-monitor.interval": "2s",
    "distributed.admin.tick.interval": "1s",  # 20 ms otherwise, for each of them in the web process too
    # pyarrow, which fastai imports, would start a thread; the process that workers are forked from must have one only.
    "distributed.nanny.pre-spawn-environ.JE_ARROW_MALLOC_CONF": "background_thread:false",
    # Dask gives up a worker whose replacement takes longer; on a busy machine that is no reason to have one less.
    "distributed.deploy.lost-worker-timeout": "1 hour",
}


def worker_count() -> int:
    """Return the maximum number of workers on this machine, each with one run, also a paused one.

    Memory sets it; `mnist37.train.Turns` lets only as many runs compute at once as there are cores.

    Raises:
        EngineError: MNIST37_WORKERS is no number from 1 to 64.
    """
    room = int((MEMORY_LIMIT - MEMORY_OF_THE_REST) // MEMORY_OF_A_WORKER)
    highest = MAX_FORKED if can_fork() else min(MAX_SPAWNED, max(MIN_WORKERS, cores() - 1))
    return int(WORKERS.value) or max(1, min(highest, room))


def connect(scheduler: str | None) -> Client:
    """Return a client of the cluster at `scheduler`, or of a new one on this machine; each of its workers warms up.

    Raises:
        EngineError: no scheduler answers there, or no worker could be started.
    """
    check_limits()
    dask.config.set(CONFIG)
    client = _connect_to(scheduler) if scheduler else Client(_local_cluster())
    client.register_plugin(WarmUp(is_own=client.cluster is not None))
    return client


def fit(client: Client, runs: int, visitors: int, max_workers: int, *, may_shrink: bool) -> None:
    """Scale to a worker for each run and for the next one, or for each visitor; no-op for a cluster elsewhere.

    Args:
        client: of the cluster.
        runs: how many train, are paused or wait.
        visitors: how many may press Train soon; thirty workers that start at once need seconds.
        max_workers: maximum number of workers.
        may_shrink: whether surplus workers end; while there are runs, Dask may choose a busy one.
    """
    cluster: Any = client.cluster
    if cluster is None:
        return
    wanted, there = min(max_workers, max(MIN_WORKERS, runs + 1, visitors)), len(cluster.worker_spec)
    if wanted > there or (may_shrink and wanted < there):
        cluster.scale(wanted)


@lru_cache(maxsize=1)
def can_fork() -> bool:
    """Whether workers can be forked from one process that has imported all that they need.

    They cannot on macOS, whose own libraries do not stand a fork, nor with a GPU, which a forked process cannot use.
    """
    return sys.platform not in ("win32", "darwin") and found_gpu() is None


def _fork_workers() -> None:
    if not can_fork():
        return
    dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"})
    get_mp_context().set_forkserver_preload([PRELOADED])  # Dask sets a list of its own at its first call
    os.environ.update(python_path())  # the process that workers are forked from looks there only


def _local_cluster() -> LocalCluster:
    workers = worker_count()
    _fork_workers()
    try:
        return LocalCluster(
            n_workers=min(MIN_WORKERS, workers),
            threads_per_worker=1,
            processes=True,
            host="127.0.0.1",
            security=True,  # whoever connects could have code run: only who has the key of this start may
            dashboard_address=None,
            # Dask's HTTP server starts all the same: for this machine only, and on any port that is free.
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
            silence_logs=dask_level(),  # a lost worker is told by its run, not by a page of Dask's own
            memory_limit=int(MEMORY_LIMIT * MEMORY_SHARE / min(FULL_SHARES, workers)),
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


def turns_folder(client: Client) -> str:
    """Return a new folder for the turns of the runs on this machine; none for a cluster elsewhere, or on Windows."""
    if client.cluster is None or sys.platform == "win32":
        return ""
    folder = tempfile.mkdtemp(prefix="mnist37-turns-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def close(client: Client) -> None:
    """Disconnect from a cluster; one of our own ends at once, with its workers."""
    cluster: Any = client.cluster
    with contextlib.suppress(TimeoutError):  # parts that do not end in time end with this process
        if cluster is not None:  # its workers first, or they would send to a client that is closed
            cluster.sync(_end_workers, cluster, callback_timeout=END_TIMEOUT_S)
        client.close(timeout=END_TIMEOUT_S)
        if cluster is not None:
            cluster.close(timeout=END_TIMEOUT_S)


async def _end_workers(cluster: LocalCluster) -> None:
    await asyncio.gather(*(nanny.close(timeout=WORKER_END_TIMEOUT_S) for nanny in cluster.workers.values()))


def end() -> None:
    """End at the program's end: do not wait for clusters, and end the process that workers are forked from."""
    atexit.unregister(close_clusters)  # Dask's own end waits for workers up to 10 s
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if "multiprocessing.forkserver" in " ".join(child.cmdline()):
                child.kill()
