"""What strangers send: a hundred links, cookies, run folders, uploads and messages that are not as they should be."""

import io
import json
import random
import shutil
import string
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote, urlencode

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest
from websockets.exceptions import ConnectionClosed

from mnist37.data import Digits, OwnSet, ink_from_bytes
from mnist37.errors import Mnist37Error
from mnist37.rungs import settings_for
from mnist37.runs import BrokenRun, RunInfo, RunStore
from mnist37.takeaway import KeptRun, import_bundle, to_bundle
from mnist37.ui.lessons.shared.table import LESSONS
from mnist37.ui.shell.link import lockable, read_link
from mnist37.ui.shell.start import start
from mnist37.ui.widgets import clock
from mnist37.visitor import from_cookie, new_visitor, to_cookie
from tests.browser.server import Server
from tests.data.samples import png_bytes, png_with_header
from tests.data.test_own import zipped

from .counts import times
from .tab import Tab
from .test_full_disk import keep

N = 100
SENT = times(16, 100)
"""How many of them go to a page of the real server, which takes some 0.5 s each."""
MESSAGES = times(50, 1000)
PAGES = ("", "draw", "inside", "weights", "compare", "room", *(lesson.name for lesson in LESSONS))
NAMES = (
    "run", "rung", "lock", "view", "digits", "own", "source", "host", "take", "done", "lr", "batch_size", "epochs",
    "seed", "hidden", "loss", "class", "embed", "embed_options",
)  # fmt: skip
ODD = (
    "", " ", "\0", "../../etc/passwd", "%", "%ff", "nan", "-inf", "1e999", "9" * 400, "-1", "0", "None", "[]", "{}",
    "<script>alert(1)</script>", "**x**", ":smiley:", "$x$", "é", "\u202e", "٣", "🙂" * 50, "a" * 5000, "3,3", "3,7,9",
    "all", "0", "10,11", "simple-net", "resnet18", "embedded", "mnist", "book", "projector", "a" * 32, "g" * 32,
)  # fmt: skip
UNKNOWN = ("x", "", "visit", "lab_run", "$$ID", "$$ID-0-None", "$$ID-0-rung", "$$STREAMLIT_INTERNAL_KEY_x__y", "\0")
"""Ids that no widget of ours has."""


@pytest.fixture(autouse=True)
def still_answers(request: pytest.FixtureRequest) -> Iterator[None]:
    """A server that was used goes on answering, and has no traceback of ours in its log."""
    yield
    if "server" in request.fixturenames:
        server: Server = request.getfixturevalue("server")
        with urllib.request.urlopen(f"{server.url}/_stcore/health") as answer:
            assert answer.status == 200
        assert "mnist37/ui" not in server.log.read_text()


def damaged(data: bytes, chooses: random.Random) -> bytes:
    """Return bytes that were cut, changed, or mixed up somewhere."""
    changed = bytearray(data)
    for _ in range(chooses.randrange(1, 5)):
        at = chooses.randrange(len(changed)) if changed else 0
        match chooses.randrange(4):
            case 0:
                changed = changed[:at]
            case 1:
                changed[at : at + 1] = chooses.randbytes(1)
            case 2:
                changed[at:at] = chooses.randbytes(chooses.randrange(20))
            case _:
                del changed[at : at + chooses.randrange(20)]
    return bytes(changed)


def refusal(ask: Callable[[], object]) -> Mnist37Error | None:
    """Return the error of ours with which something is refused; None if it is not. Another error is raised."""
    try:
        ask()
    except Mnist37Error as error:
        return error
    return None


def odd_text(chooses: random.Random) -> str:
    """Return a text that somebody may try."""
    if chooses.random() < 0.7:
        return chooses.choice(ODD)
    return "".join(chooses.choices(string.printable + "äß٣🙂\u200b", k=chooses.randrange(40)))


def odd_links() -> list[dict[str, str]]:
    chooses = random.Random(37)
    return [{name: odd_text(chooses) for name in chooses.sample(NAMES, chooses.randrange(1, 6))} for _ in range(N)]


def odd_cookies(known: str) -> list[str]:
    chooses = random.Random(37)
    forged = (damaged(known.encode(), chooses).decode("latin-1") for _ in range(N // 2))
    return [text for pair in zip(forged, (odd_text(chooses) for _ in range(N // 2)), strict=True) for text in pair]


def test_links_are_read() -> None:
    for query in odd_links():
        linked = read_link(query)
        assert linked.rung is None or settings_for(linked.rung, **linked.values)
        assert linked.locked <= set(lockable())


def test_links_on_the_pages(server: Server) -> None:
    for number, query in enumerate(odd_links()[:SENT]):
        text = urlencode(query) if number % 4 else "&".join(f"{name}={value}" for name, value in query.items())
        with Tab(server.url, text, PAGES[number % len(PAGES)]) as tab:
            assert tab.open().exceptions == [], (text, tab.page)


def test_cookies_are_read() -> None:
    known = to_cookie(new_visitor())
    assert from_cookie(known) is not None
    assert {from_cookie(text) for text in odd_cookies(known) if text != known} == {None}


def test_cookies_on_the_pages(server: Server) -> None:
    names = ["mnist37_visitor=", "mnist37_run=", "mnist37_toured=", "_streamlit_user=", "=", ";;", ""]
    for number, text in enumerate(odd_cookies(to_cookie(new_visitor()))[:SENT]):
        sent = "".join(c for c in text if " " <= c < "\x7f") if number % 4 < 2 else quote(text)
        with Tab(server.url, page=PAGES[number % len(PAGES)], cookie=names[number % len(names)] + sent) as tab:
            assert tab.open().exceptions == [], sent


def break_folder(folder: Path, chooses: random.Random) -> None:
    """Do some harm to a run's folder."""
    files = sorted(folder.iterdir())
    path = chooses.choice([folder / "run.json", *files])
    match chooses.randrange(7):
        case 0:
            path.unlink()
        case 1:
            path.write_bytes(damaged(path.read_bytes(), chooses))
        case 2:
            path.unlink()
            path.mkdir()
        case 3:
            path.unlink()
            path.symlink_to(chooses.choice(["/etc/passwd", str(path), "/nowhere", str(folder)]))
        case 4:
            path.write_bytes(chooses.randbytes(chooses.randrange(200)))
        case 5:
            values = json.loads((folder / "run.json").read_text())
            name = chooses.choice(sorted(values))
            values[name] = chooses.choice([None, [], {}, -1, 1e99, "x" * 9000, True, odd_text(chooses), {"a": [1]}])
            (folder / "run.json").write_text(json.dumps(values))
        case _:
            shutil.rmtree(folder)
            folder.write_bytes(b"no folder") if chooses.random() < 0.5 else folder.mkdir()


@pytest.fixture(scope="session")
def broken_folders(tmp_path_factory: pytest.TempPathFactory, tiny: Digits) -> tuple[RunStore, str]:
    """A store with a hundred runs that somebody has harmed, and one that is whole."""
    chooses, store = random.Random(37), RunStore(tmp_path_factory.mktemp("broken"))
    whole = keep(store, tiny).info.id
    for number in range(N):
        folder = store.folder / f"2026{number:04}-broken"
        shutil.copytree(store.folder / whole, folder)
        break_folder(folder, chooses)
    return store, whole


def test_run_folders(broken_folders: tuple[RunStore, str]) -> None:
    store, whole = RunStore(broken_folders[0].folder), broken_folders[1]
    runs = store.runs()
    assert len(runs) >= N * 0.9  # a file is no run
    assert store.sizes().keys() >= {run.id for run in runs}
    for run in runs:
        assert isinstance(run, RunInfo) or "is broken" in run.reason
        for read in (store.info, store.history, store.weights):
            error = refusal(partial(read, run.id))
            assert error is None or "Delete its folder" in error.remedy
    assert sum(isinstance(run, BrokenRun) for run in runs) > 20
    assert store.history(whole).step == 12
    assert store.find("last")


def test_run_folders_on_the_pages(server: Server, broken_folders: tuple[RunStore, str]) -> None:
    store = broken_folders[0]
    for folder in store.folder.iterdir():
        copy = shutil.copytree if folder.is_dir() else shutil.copyfile
        copy(folder, server.home / "runs" / folder.name, **({"symlinks": True} if folder.is_dir() else {}))
    try:
        with Tab(server.url, page="compare") as tab:
            assert tab.open().exceptions == []
        for number, name in enumerate(sorted(folder.name for folder in store.folder.iterdir())[:SENT]):
            with Tab(server.url, f"run={name}", ("", "inside", "weights", "draw")[number % 4]) as tab:
                assert tab.open().exceptions == [], name
    finally:
        for folder in store.folder.iterdir():
            there = server.home / "runs" / folder.name
            shutil.rmtree(there) if there.is_dir() else there.unlink()


def picture(kind: str, side: int = 60) -> bytes:
    image = Image.new("L", (side, side), 255)
    image.paste(0, (side // 3, side // 4, side // 2, 3 * side // 4))
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


def uploads(good: bytes, chooses: random.Random) -> Iterator[tuple[str, bytes]]:
    """Return a hundred files that are not what they are given as, each with a name."""
    bomb = zipped({"run.json": bytes(40_000_000), "3/a.png": bytes(40_000_000)})
    yield from (("bomb.zip", bomb), ("empty", b""), ("huge.png", png_with_header(60_000, 60_000)), ("\0", b"\0" * 1000))
    yield from (("a.pdf", b"%PDF-1.7 ..."), ("a.exe", b"MZ" + bytes(500)), ("a.svg", b"<svg onload='alert(1)'/>"))
    yield from (
        ("nested.zip", zipped({"3/inner.zip": bomb})),
        ("many.zip", zipped({f"3/{n}": b"" for n in range(5000)})),
    )
    yield from (
        ("climb.zip", zipped({f"{'../' * n}3/x.png": png_bytes(np.zeros((28, 28), np.uint8))})) for n in range(1, 5)
    )
    kinds = [picture(kind) for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")]
    while True:
        name = odd_text(chooses)
        data = chooses.choice([good, *kinds, zipped({f"3/{name}": chooses.choice(kinds)}), chooses.randbytes(500)])
        yield name, damaged(data, chooses)


@pytest.fixture
def hundred(tiny: Digits) -> list[tuple[str, bytes]]:
    store = RunStore()
    run_id = keep(store, tiny).info.id
    files = uploads(to_bundle(KeptRun.of(store, run_id)), random.Random(37))
    return [next(files) for _ in range(N)]


def test_uploads_as_a_run(hundred: list[tuple[str, bytes]]) -> None:
    store = RunStore()
    before = len(store.runs())
    errors = [refusal(partial(import_bundle, store, data)) for _, data in hundred]
    assert all(error.remedy for error in errors if error is not None)
    assert len(store.runs()) == before + errors.count(None)
    assert errors.count(None) < N / 10
    assert not [run for run in store.runs() if isinstance(run, BrokenRun)]


def test_uploads_as_own_digits(hundred: list[tuple[str, bytes]], home: Path) -> None:
    own = OwnSet.new()
    for name, data in hundred:
        for bring in (partial(own.import_zip, data), partial(own.import_files, [(f"3/{name}", data)])):
            error = refusal(bring)
            assert error is None or error.remedy
    assert own.read().notices == ()
    assert {path.relative_to(home).parts[0] for path in home.rglob("*")} <= {"own", "runs"}


def test_uploads_as_a_picture(hundred: list[tuple[str, bytes]]) -> None:
    errors = [refusal(partial(ink_from_bytes, data)) for _, data in hundred]
    assert all(error.remedy for error in errors if error is not None)
    assert errors.count(None) < N / 2


def test_uploads_on_the_pages(open_app: Callable[..., AppTest], hundred: list[tuple[str, bytes]]) -> None:
    draw = open_app().switch_page("pages/draw.py").run()
    compare = open_app().switch_page("pages/compare.py").run()
    for number, (_, data) in enumerate(hundred[: times(6, N)]):
        for app, key in ((draw, "photo"), (draw, "own_import"), (compare, "import_run")):
            app.file_uploader(key=key).set_value((f"file-{number}.zip", data, "application/zip")).run()
            assert not app.exception, (number, key)


WIDGET_FIELDS = [field for field in WidgetState.DESCRIPTOR.fields if field.name != "id"]


def odd_state(widget: str, chooses: random.Random) -> WidgetState:
    """Return a value that this widget cannot have, as nothing but a changed page would send it."""
    state = WidgetState(id=widget)
    match chooses.randrange(8):
        case 0:
            state.trigger_value = True
        case 1:
            state.string_value = odd_text(chooses)
        case 2:
            state.double_array_value.data.extend([chooses.choice([float("nan"), -1e300, 5.5])] * chooses.randrange(3))
        case 3:
            state.int_array_value.data.extend([chooses.choice([-1, 2**40, 0])] * chooses.randrange(3))
        case 4:
            state.json_value = chooses.choice(["", "{", "[]", "null", '{"chosen": "x"}', '{"chosen": 9999}'])
        case 5:
            event = chooses.choice(["chosen", "pasted", "ready", "x"])
            sent = chooses.choice(["x", "99999", "-1", None, [], {}, 1e99, "é"])
            state.json_trigger_value = json.dumps([{"event": event, "value": sent}])
        case 6:
            state.string_array_value.data.extend([odd_text(chooses) for _ in range(chooses.randrange(3))])
        case _:
            state.bytes_value = chooses.randbytes(20)
    return state


def odd_message(tab: Tab, chooses: random.Random) -> bytes:
    """Return a message that no page of ours sends."""
    message = tab.message()
    asked = message.rerun_script
    match chooses.randrange(8):
        case 0:
            return chooses.randbytes(chooses.randrange(200))
        case 1:
            return damaged(tab.message(WidgetState(id="x", bool_value=True)).SerializeToString(), chooses)
        case 2:
            message = BackMsg()
            setattr(message, chooses.choice(["clear_cache", "set_run_on_save", "load_git_info", "stop_script"]), True)
        case 3:
            asked.fragment_id, info = odd_text(chooses)[:50], asked.context_info
            info.timezone, info.locale = chooses.choice(["America", "x" * 5000, "\0", "Mars"]), odd_text(chooses)
            info.timezone_offset = chooses.choice([-(2**31), 2**31 - 1])
        case 4:
            asked.page_script_hash, asked.page_name = odd_text(chooses), odd_text(chooses)
        case 5:
            asked.query_string, asked.is_history_navigation = odd_text(chooses), chooses.random() < 0.5
            asked.cached_message_hashes.extend(odd_text(chooses) for _ in range(3))
        case 6:
            message = BackMsg()
            files = message.file_urls_request
            files.request_id, files.session_id = odd_text(chooses), chooses.choice([tab.session, "x"])
            files.file_names.extend(odd_text(chooses) for _ in range(3))
        case _:
            known = chooses.sample(sorted(tab.widgets), min(3, len(tab.widgets)))
            touched = [*known, *chooses.sample(UNKNOWN, 1)]
            message = tab.message(*(odd_state(widget, chooses) for widget in touched))
    return message.SerializeToString()


def test_messages(server: Server) -> None:
    chooses, sent = random.Random(37), 0
    while sent < MESSAGES:
        with Tab(server.url, page=PAGES[sent % len(PAGES)]) as tab:
            tab.open()
            with suppress(ConnectionClosed):  # as the server does with what is no message
                for _ in range(5):
                    data = odd_message(tab, chooses)
                    sent += 1
                    tab.send(data)
                    tab.run()
                    assert tab.exceptions == [], data
    with Tab(server.url, page="") as last:
        assert last.open().exceptions == []
        assert "Train" in last.buttons


@pytest.mark.parametrize("page", ["", "draw", "compare"])
def test_values_of_widgets_that_there_are_not(server: Server, page: str) -> None:
    with Tab(server.url, page=page) as tab:
        tab.open()
        for name in UNKNOWN:
            for value in ({"bool_value": True}, {"json_value": "[]"}, {"trigger_value": True}, {}):
                tab.run(WidgetState(id=name, **value))
                assert tab.exceptions == [], name


def test_a_browser_that_clears_all_caches_starts_no_second_engine(open_app: Callable[..., AppTest]) -> None:
    """Streamlit clears the caches of all visitors for whoever sends `clear_cache`."""
    open_app()
    begun = start()
    st.cache_data.clear()
    st.cache_resource.clear()
    assert not open_app().exception
    assert start() is begun


@pytest.mark.parametrize("zone", ["America", "x" * 5000, "\0", "../../etc/passwd", "Mars/Olympus"])
def test_a_zone_that_is_none_is_utc(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "st", SimpleNamespace(context=SimpleNamespace(timezone=zone)))
    assert clock.visitor_zone() is UTC
