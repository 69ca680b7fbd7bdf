"""How an engine comes up, on this machine or elsewhere, and that it leaves nothing behind."""

import asyncio
import contextlib
import gc
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import dask
import numpy as np
import psutil
import pytest
from distributed import LocalCluster, Security, comm

from mnist37.controls import SetPace, Step, Stop
from mnist37.data import Digits
from mnist37.engine import Engine, cluster
from mnist37.engine.engine_thread import ENDED, LOST_WORKER
from mnist37.engine.limits import check_limits
from mnist37.errors import EngineError
from mnist37.events import Status
from mnist37.runs import RunStore
from mnist37.runs.store import ABANDONED
from mnist37.visitor import Visitor

from .conftest import LONG, PATIENCE, SHORT, Watched, until

Start = Callable[..., Watched]
KEPT = {"multiprocessing.resource_tracker", "multiprocessing.forkserver"}
TLS_ALERT = b"\x15"
_hoard: list[np.ndarray] = []


async def hoard(size: int) -> None:
    """Take memory, and keep it."""
    _hoard.append(np.ones(size, np.uint8))


@pytest.fixture
def start(embedded: Digits) -> Iterator[Start]:
    """Starts an engine of the test's own, and closes it."""
    engines: list[Engine] = []

    def new(scheduler: str | None = None) -> Watched:
        engines.append(Engine(scheduler=scheduler))
        return Watched(engines[-1], embedded)

    yield new
    for engine in engines:
        engine.close()
    engines.clear()
    gc.collect()  # a client that could not connect; while Dask starts another cluster, its end would wait for that


def children() -> set[psutil.Process]:
    """All processes below this one, but for its own two that Python keeps until it ends itself."""
    kept = {child for child in psutil.Process().children() if KEPT & set(" ".join(child.cmdline()).split())}
    return set(psutil.Process().children(recursive=True)) - kept


def fork_server() -> psutil.Process:
    """The process that workers are forked from."""
    return next(child for child in psutil.Process().children() if "multiprocessing.forkserver" in child.cmdline()[-1])


@pytest.mark.parametrize("count", ["0", "-1", "65", "many", "1.5", "²"])
def test_a_wrong_number_of_workers_is_said(count: str, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST37_WORKERS", count)
    watched = start()
    with pytest.raises(EngineError, match=r"MNIST37_WORKERS is .*whole number from 1 to 64"):
        watched.engine.wait_until_ready(PATIENCE)
    run_id = watched.submit(SHORT)
    assert watched.wait_until_over(run_id) is Status.FAILED
    assert "MNIST37_WORKERS" in watched.engine.info(run_id).reason


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("RUNS_PER_VISITOR", "0"),
        ("HALT_MINUTES", "soon"),
        ("HALT_MINUTES", "0"),
        ("KEPT_RUNS", "1.5"),
        ("DISK_GB", "nan"),
    ],
)
def test_a_wrong_limit_is_said(name: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"MNIST37_{name}", told)
    with pytest.raises(EngineError, match=rf"MNIST37_{name} is '{told}'. Set it to .*, or unset it"):
        check_limits()


@pytest.mark.parametrize(("cores", "count"), [(1, 2), (2, 2), (3, 2), (5, 4), (64, 4)])
def test_workers_that_share_no_memory_leave_the_page_a_core(
    cores: int, count: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "cores", lambda: cores)
    monkeypatch.setattr(cluster, "can_fork", lambda: False)
    monkeypatch.setattr(cluster, "MEMORY_LIMIT", 8e9)
    assert cluster.worker_count() == count


@pytest.mark.parametrize(("gigabytes", "count"), [(0.7, 1), (1.5, 1), (2, 2), (2.3, 3), (8, 17), (64, 32)])
def test_as_many_workers_as_there_is_memory_for(gigabytes: float, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "can_fork", lambda: True)
    monkeypatch.setattr(cluster, "MEMORY_LIMIT", gigabytes * 1e9)
    assert cluster.worker_count() == count


@pytest.mark.skipif(not cluster.can_fork(), reason="workers are not forked here")
def test_workers_come_and_go_with_the_runs(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs that halt or keep a slow pace, however many, keep nobody waiting."""
    monkeypatch.setenv("MNIST37_WORKERS", "6")
    monkeypatch.setattr("mnist37.engine.engine_thread.IDLE_WORKERS_S", 0.5)
    watched = start()
    assert watched.engine.wait_until_ready(PATIENCE)
    assert len(watched.workers()) == cluster.MIN_WORKERS
    slow = [watched.engine.submit(LONG, watched.digits, "slow", [SetPace(pace)]) for pace in (0.1, 1.0, 0.1)]
    slow.append(watched.engine.submit(LONG, watched.digits, "stepping", [Step()]))
    for run_id in slow:
        watched.wait_until_it_trains(run_id)
    other = watched.submit(SHORT)
    assert watched.wait_until_over(other) is Status.FINISHED
    until(lambda: len(watched.workers()) == 6)
    assert not any(watched.status(run_id).is_over for run_id in slow)
    for run_id in slow:
        watched.engine.control(run_id, Stop())
        watched.wait_until_over(run_id)
    until(lambda: len(watched.workers()) == cluster.MIN_WORKERS)
    assert watched.wait_until_over(watched.submit(SHORT)) is Status.FINISHED

    for visitor in ("one", "two", "three", "four", "four"):
        monkeypatch.setattr(watched.engine, "_asking", partial(Visitor, visitor))
        watched.engine.greet()
    assert watched.engine.visitors(seconds=PATIENCE) == 4
    until(lambda: len(watched.workers()) == 4)  # before anybody has pressed Train
    monkeypatch.setattr("mnist37.engine.engine_thread.RECENT_VISIT_S", 0.0)
    until(lambda: len(watched.workers()) == cluster.MIN_WORKERS)


def test_what_closes_leaves_nothing_behind(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a worker that takes more than its part of the memory is ended and reported."""
    before = children()
    monkeypatch.setenv("MNIST37_WORKERS", "1")
    limit = 1_800_000_000
    monkeypatch.setattr(cluster, "MEMORY_SHARE", limit / cluster.MEMORY_LIMIT)
    watched = start()
    assert not watched.engine.is_ready
    greedy, waiting, stopped = watched.submit(), watched.submit(), watched.submit()
    watched.engine.control(stopped, Stop())
    watched.wait_until_it_trains(greedy)
    watched.engine._thread.client.run(hoard, limit, wait=False)
    assert watched.wait_until_over(greedy) is Status.FAILED
    assert watched.engine.info(greedy).reason == LOST_WORKER
    watched.wait_until_it_trains(waiting)
    assert children() > before
    watched.engine.close()
    assert children() == before
    info = watched.engine.info(waiting)
    assert (info.status, info.reason) == (Status.STOPPED, f"Stopped after step {info.step}. {ENDED}")
    assert watched.engine.store.has_weights(waiting)
    assert watched.engine.store.info(waiting) == info
    assert watched.engine.store.history(waiting).step == watched.step(waiting) > 0
    assert watched.status(stopped) is Status.STOPPED
    watched.engine.close()  # a second time does no harm


def test_nothing_listens_to_other_machines(shared: Watched) -> None:
    processes = [psutil.Process(), *children()]
    ports = [at for process in processes for at in process.net_connections("tcp") if at.status == psutil.CONN_LISTEN]
    assert ports
    assert {at.laddr.ip for at in ports} == {"127.0.0.1"}


def answer(port: int) -> bytes:
    """The first bytes that somebody without a key gets who asks there for a page."""
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as stranger:
        stranger.sendall(b"GET /info/main/workers.html HTTP/1.0\r\n\r\n")
        with contextlib.suppress(ConnectionResetError):
            return stranger.recv(100)
    return b""


def test_the_cluster_gives_strangers_nothing_and_takes_nothing(shared: Watched) -> None:
    warm = fork_server()  # and no server that other tests started
    processes = [psutil.Process(), warm, *warm.children(recursive=True)]
    listening = {at for each in processes for at in each.net_connections("tcp") if at.status == psutil.CONN_LISTEN}
    answers = {at.laddr.port: answer(at.laddr.port) for at in listening}
    assert {told[:12] for told in answers.values() if told[:1] != TLS_ALERT} <= {b"", b"HTTP/1.1 404"}, answers
    client = shared.engine._thread.client
    for address in (client.scheduler.address, *client.scheduler_info()["workers"]):
        assert address.startswith("tls://127.0.0.1:")
        with pytest.raises(OSError, match="certificate"):
            asyncio.run(comm.connect(address, **Security.temporary().get_connection_args("client")))


def test_workers_share_what_one_process_has_imported(shared: Watched) -> None:
    warm = fork_server()
    assert warm.num_threads() == 1  # a fork would lose any other
    workers = shared.engine._thread.client.run(os.getpid)
    assert {worker.pid for worker in warm.children()} >= set(workers.values())
    own = [psutil.Process(pid).memory_full_info().uss for pid in workers.values()]
    assert max(own) < 300e6, own  # 27 MB before the first run; up to 259 after those of other tests


ENDS_AT_ONCE = """
    from mnist37.data import load_digits
    from mnist37.engine import Engine
    from tests.engine.conftest import LONG

    if __name__ == "__main__":
        engine = Engine()
        print(engine.submit(LONG, load_digits()), engine.is_ready)
"""


def test_a_program_that_ends_while_the_cluster_comes_up_waits_for_nothing(tmp_path: Path, home: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(ENDS_AT_ONCE))
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    program = subprocess.run([sys.executable, str(script)], capture_output=True, env=env, text=True, check=True)
    run_id, is_ready = program.stdout.split()
    assert (is_ready, program.stderr) == ("False", "")
    assert RunStore(home / "runs").info(run_id).reason == ENDED


KILLED = """
    import sys
    import time
    from mnist37.controls import Pause
    from mnist37.data import load_digits
    from mnist37.engine import Engine
    from tests.engine.conftest import LONG, until

    if __name__ == "__main__":
        engine = Engine()
        engine.wait_until_ready(60)
        run = engine.submit(LONG, load_digits())
        until(lambda: engine.history(run).step)
        engine.control(run, Pause())
        until(lambda: engine.info(run).status.value == "paused")
        step, told = engine.history(run).step, time.monotonic()
        until(lambda: time.monotonic() > told + 1)
        print(run, step, flush=True)
        sys.stdin.read()
"""


def test_a_killed_program_leaves_no_worker_behind_and_what_was_told_a_second_before(tmp_path: Path, home: Path) -> None:
    script = tmp_path / "program.py"
    script.write_text(textwrap.dedent(KILLED))
    env = {**os.environ, "MNIST37_WORKERS": "1", "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(
        [sys.executable, str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, text=True
    ) as program:
        run_id, step = program.stdout.readline().split()
        workers = psutil.Process(program.pid).children(recursive=True)
        assert workers
        program.send_signal(signal.SIGKILL)
    _, alive = psutil.wait_procs(workers, timeout=PATIENCE)
    assert not alive
    store = RunStore(home / "runs")
    assert (store.info(run_id).status, store.info(run_id).reason) == (Status.FAILED, ABANDONED)
    assert store.history(run_id).step >= int(step)


@pytest.mark.parametrize(
    ("address", "words"),
    [("127.0.0.1:1", "answers at 127"), ("carrier-pigeon://x", "pigeon"), ("tls://127.0.0.1:1", "answers at tls")],
)
def test_a_scheduler_that_is_not_there_is_said(address: str, words: str, start: Start) -> None:
    watched = start(address)
    run_id = watched.submit(SHORT)
    with pytest.raises(EngineError, match=f"{words}.*MNIST37_SCHEDULER"):
        watched.engine.wait_until_ready(PATIENCE)
    assert not watched.engine.is_ready
    assert watched.wait_until_over(run_id) is Status.FAILED
    assert watched.engine.info(run_id).reason == str(watched.engine.problem)


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A key and a certificate signed by itself, in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here")
    path = tmp_path / "mnist37.pem"
    name = ("-subj", "/CN=mnist37", "-addext", "subjectAltName=IP:127.0.0.1")
    files = ("-keyout", str(path), "-out", str(tmp_path / "cert.pem"))
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *name, *files],
        check=True,
        capture_output=True,
    )
    path.write_bytes(path.read_bytes() + (tmp_path / "cert.pem").read_bytes())
    return path


@pytest.mark.parametrize("protocol", ["tcp", "tls"])
def test_it_trains_on_a_cluster_of_somebody_else(
    protocol: str, start: Start, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: dict[str, str] = {}
    if protocol == "tls":
        pem = str(request.getfixturevalue("certificate"))
        names = {f"distributed.comm.tls.{part}": pem for part in ("ca-file", "client.cert", "client.key")}
        roles = ("scheduler", "worker")
        names |= {f"distributed.comm.tls.{role}.{part}": pem for role in roles for part in ("cert", "key")}
    with (
        dask.config.set(names),
        LocalCluster(
            n_workers=1,
            threads_per_worker=1,
            host="127.0.0.1",
            protocol=protocol,
            security=Security(require_encryption=True) if protocol == "tls" else None,
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},
        ) as elsewhere,
    ):
        assert elsewhere.scheduler_address.startswith(protocol)
        monkeypatch.setenv("MNIST37_SCHEDULER", elsewhere.scheduler_address)
        watched = start()
        run_id = watched.submit(SHORT)
        assert watched.wait_until_over(run_id) is Status.FINISHED
        assert watched.engine.store.has_weights(run_id)
        left = watched.submit(LONG)
        watched.wait_until_it_trains(left)
        watched.engine.close()
        assert elsewhere.status.name == "running"  # it is not ours to close
        assert watched.status(left) is Status.STOPPED
