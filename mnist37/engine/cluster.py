"""Where training runs: a Dask cluster, by default one of this machine that starts by itself and ends with us."""

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

AT_FIRST = 2
"""Workers that are there before the first run comes, and stay; more of them come and go with the runs."""

MOST_FORKED, MOST_SPAWNED = 32, 4
"""Workers on a machine with memory for more: one that is forked takes some 45 MB, one that is not 550 MB."""

FULL_SHARES = 4
"""So many workers have all of the memory for workers between them: few runs take as much as they may."""

MEMORY_SHARE = 0.8
"""Of the machine's memory, for all workers together; one that takes more than its part is ended and reported."""

MEMORY_OF_THE_REST = 1.0e9
"""Bytes for the web process and the one that workers are forked from."""

MEMORY_OF_A_WORKER = 0.4e9
"""Bytes that a worker needs of its own while it trains a ResNet-18 on the embedded digits."""

PRELOADED = "mnist37.engine.preload"

GRACE_SECONDS = 0.5
"""A worker has so long to end by itself; in the middle of a training it cannot."""

END_SECONDS = 2.0
"""Each part of the cluster's end takes so long at most."""

CONFIG = {
    # A killed worker is reported at once, instead of training the same run again on the next one.
    "distributed.scheduler.allowed-failures": 0,
    # Waiting runs wait at the scheduler, where a free worker finds them.
    "distributed.scheduler.worker-saturation": 1.0,
    # Events are told once and kept in the run store; the scheduler need not remember them.
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
    """How many runs can be under way at the same time on this machine, also where they halt or wait for their pace.

    As many as there is memory for; `mnist37.train.Turns` has no more of them compute at once than there are cores.

    Raises:
        EngineError: MNIST37_WORKERS is no number from 1 to 64.
    """
    room = int((MEMORY_LIMIT - MEMORY_OF_THE_REST) // MEMORY_OF_A_WORKER)
    most = MOST_FORKED if can_fork() else min(MOST_SPAWNED, max(AT_FIRST, cores() - 1))
    return int(WORKERS.value) or max(1, min(most, room))


def connect(scheduler: str | None) -> Client:
    """A client of the cluster at `scheduler`, or of a new one on this machine; every worker of it warms up.

    Raises:
        EngineError: no scheduler answers there, or no worker could be started.
    """
    check_limits()
    dask.config.set(CONFIG)
    client = _connect_to(scheduler) if scheduler else Client(_local_cluster())
    client.register_plugin(WarmUp(is_own=client.cluster is not None))
    return client


def fit(client: Client, runs: int, visitors: int, most: int, *, may_shrink: bool) -> None:
    """Have a worker for each run and for the next one, or for each visitor; nothing is done to a cluster elsewhere.

    Args:
        client: of the cluster.
        runs: how many are under way or wait.
        visitors: how many may press Train soon; a worker takes seconds to come up where thirty do it at once.
        most: no more workers than this.
        may_shrink: whether those that are too many go; one of them could be a busy one while there are runs.
    """
    cluster: Any = client.cluster
    if cluster is None:
        return
    wanted, there = min(most, max(AT_FIRST, runs + 1, visitors)), len(cluster.worker_spec)
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
            n_workers=min(AT_FIRST, workers),
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
    """Let go of a cluster; one of our own ends with its workers, at once."""
    cluster: Any = client.cluster
    with contextlib.suppress(TimeoutError):  # what does not end in time ends with this process
        if cluster is not None:  # its workers first, or they would go on telling a client that is gone
            cluster.sync(_end_workers, cluster, callback_timeout=END_SECONDS)
        client.close(timeout=END_SECONDS)
        if cluster is not None:
            cluster.close(timeout=END_SECONDS)


async def _end_workers(cluster: LocalCluster) -> None:
    await asyncio.gather(*(nanny.close(timeout=GRACE_SECONDS) for nanny in cluster.workers.values()))


def end() -> None:
    """End with the program: wait for no cluster, and end the process that workers are forked from."""
    atexit.unregister(close_clusters)  # Dask's own end waits for workers up to 10 s
    for child in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if "multiprocessing.forkserver" in " ".join(child.cmdline()):
                child.kill()
