"""The source of the digits by a click: what is offered, a fetch in the background, and what goes wrong."""

import functools
import hashlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist37.data import downloads, offered_sources
from mnist37.events import Status
from mnist37.runs import RunStore
from mnist37.ui.shell import sources, start
from mnist37.ui.visit import FETCH
from tests.data.samples import layout_files, write_folder, write_idx
from tests.data.serving import CutOff, Silent, Slow, serving
from tests.ui.conftest import visit_of
from tests.ui.test_pages import wait_until_over

OpenApp = Callable[..., AppTest]
PATIENCE_S = 60.0


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a MNIST of 400 digits, as the four files that it is published as."""
    rng = np.random.default_rng(37)
    labels = np.repeat(np.arange(10, dtype=np.uint8), 40)
    images = rng.integers(0, 40, (400, 28, 28), dtype=np.uint8)
    for image, label in zip(images, labels, strict=True):
        image[2 * label : 2 * label + 3, 4:24] = 250
    return write_idx(tmp_path_factory.mktemp("published"), images, labels)


@pytest.fixture
def mnist_from(published: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """`mnist_from(address)`: full MNIST is downloaded from there."""
    known = {name: f"md5:{hashlib.md5((published / name).read_bytes()).hexdigest()}" for name in downloads.MNIST_HASHES}

    def serve(url: str) -> None:
        monkeypatch.setattr(downloads.fetch_mnist, "__defaults__", (url, known))

    yield serve
    for path in downloads.cache_folder().glob("mnist/*"):
        path.unlink()
    sources._fetches().clear()


def choose(app: AppTest, source: str) -> None:
    """Open the choice, and choose a source."""
    if "sources_are_open" not in visit_of(app) or not visit_of(app)["sources_are_open"]:
        app.button(key="sources").click().run()
    app.radio(key="source_choice").set_value(source).run()


def ask_for(app: AppTest, source: str) -> sources.Fetch:
    """Open the choice, choose a source, and press the button."""
    choose(app, source)
    app.button(key="source_use").click().run()
    fetch = next(fetch for (name, _), fetch in sources._fetches().items() if name == source)
    assert not app.exception
    return fetch


def wait_for(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)


def words(app: AppTest) -> str:
    """All that a page says, in notices and on its buttons too."""
    said = [str(each.value) for each in (*app.markdown, *app.caption, *app.error, *app.toast)]
    return "\n".join([*said, *(button.label for button in app.button)])


def test_it_says_which_digits_these_are_and_what_else_there_is(open_app: OpenApp) -> None:
    app = open_app()
    assert "sources_are_open" not in visit_of(app)
    app.button(key="sources").click().run()
    assert "Now: **500 of each digit**, 3 or 7: 800 to learn from, 200 to validate with." in words(app)
    radio = app.radio(key="source_choice")
    assert radio.options == ["500 of each digit", "The book's 3s and 7s", "All of MNIST"]
    assert app.button(key="source_use").disabled


def test_all_of_mnist_comes_in_the_background_and_the_next_run_learns_from_it(
    open_app: OpenApp, mnist_from: Callable[[str], None], published: Path
) -> None:
    Slow.go_on.clear()
    with serving(functools.partial(Slow, directory=published)) as url:
        mnist_from(url)
        app, other = open_app(digits="4,9", epochs="2", rung="linear-scratch"), open_app()
        fetch = ask_for(app, "mnist")
        wait_for(lambda: 0 < fetch.share < 1)
        app.run()
        assert app.button(key="source_cancel")
        assert not visit_of(app)["source"]
        Slow.go_on.set()
        wait_for(lambda: fetch.is_over)
    assert fetch.is_done
    app.run()
    assert visit_of(app)["source"] == "mnist"
    assert "80 train, 80 valid" in words(app)
    first = visit_of(app)["run"]
    app.button(key="train").click().run()
    run_id = visit_of(app)["run"]
    assert run_id != first
    assert wait_until_over(run_id) is Status.FINISHED
    info = RunStore().info(run_id)
    assert (info.settings.data, info.n_train, info.settings.digits) == ("mnist", 80, "4,9")
    assert start.digits_of(info.settings).n_valid == 80
    assert "800 train, 200 valid" in words(other.run())


def test_a_fetch_is_cancelled_and_others_go_on_waiting(
    open_app: OpenApp, mnist_from: Callable[[str], None], published: Path
) -> None:
    Slow.go_on.clear()
    with serving(functools.partial(Slow, directory=published)) as url:
        mnist_from(url)
        one, two = open_app(), open_app()
        fetch = ask_for(one, "mnist")
        assert ask_for(two, "mnist") is fetch
        assert fetch.waiting == 2
        one.button(key="source_cancel").click().run()
        assert not fetch.is_over
        assert FETCH.key not in visit_of(one) or visit_of(one)[FETCH.key] is None
        two.button(key="source_cancel").click().run()
        Slow.go_on.set()
        wait_for(lambda: fetch.is_over)
    assert not fetch.problem
    assert not downloads.has_mnist()
    assert not list(downloads.cache_folder().glob("mnist/*"))


@pytest.mark.parametrize(
    ("handler", "why"),
    [
        (CutOff, "Full MNIST could not be fetched: there is no connection to the server, or it broke off"),
        (Silent, "is not the file that it is known to be"),
    ],
)
def test_what_goes_wrong_is_said_and_the_digits_stay(
    open_app: OpenApp, mnist_from: Callable[[str], None], tmp_path: Path, handler: type[Silent], why: str
) -> None:
    for name in downloads.MNIST_HASHES:
        (tmp_path / name).write_bytes(b"<html>Please log in</html>")
    with serving(functools.partial(handler, directory=tmp_path)) as url:
        mnist_from(url)
        app = open_app()
        fetch = ask_for(app, "mnist")
        wait_for(lambda: fetch.is_over)
        app.run()
    assert why in words(app).replace("\\", "")
    assert "Use the embedded digits" in words(app)
    assert not visit_of(app)["source"]
    assert app.button(key="source_use")


@pytest.mark.parametrize("digits", ["4,9", "3,9", "all"])
def test_the_book_s_set_says_that_it_has_no_other_digits(open_app: OpenApp, digits: str) -> None:
    app = open_app(digits=digits)
    choose(app, "book")
    assert "These are 3s and 7s only." in words(app)
    assert app.button(key="source_use").disabled


def test_the_book_s_set_is_offered_for_its_digits_in_either_order(open_app: OpenApp) -> None:
    app = open_app(digits="7,3")
    choose(app, "book")
    assert not app.button(key="source_use").disabled


def test_a_source_that_lacks_digits_says_so(open_app: OpenApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write_folder(tmp_path / "threes_and_sevens", layout_files())
    monkeypatch.setenv("MNIST37_SOURCES", str(tmp_path / "threes_and_sevens"))
    app = open_app(digits="4,9")
    fetch = ask_for(app, str(tmp_path / "threes_and_sevens"))
    wait_for(lambda: fetch.is_over)
    app.run()
    assert "has folders of 3, 7 only" in words(app).replace("\\", "")


def test_what_the_server_s_owner_named_is_offered(
    open_app: OpenApp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mine = write_folder(tmp_path / "of the_school", layout_files())
    monkeypatch.setenv("MNIST37_SOURCES", str(mine))
    assert offered_sources()[-1] == str(mine)
    app = open_app()
    fetch = ask_for(app, str(mine))
    wait_for(lambda: fetch.is_over)
    app.run()
    assert visit_of(app)["source"] == str(mine)
    assert "6 train" in words(app)
    assert app.query_params["source"] in (mine.name, [mine.name])
    assert "6 train" in words(open_app(source=mine.name))  # a reload
    assert "The digits “elsewhere” are not here" in words(open_app(source="elsewhere"))
    monkeypatch.delenv("MNIST37_SOURCES")  # the owner names it no more
    assert "800 train, 200 valid" in words(app.run())


def test_a_run_names_no_file_of_this_machine_that_is_not_offered(tmp_path: Path) -> None:
    mine = write_folder(tmp_path / "secret", layout_files())
    assert sources.usable(str(mine)) == "embedded"
    assert sources.usable("mnist") == "embedded"  # it is not here, and looking at a run downloads nothing
