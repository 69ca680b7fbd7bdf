"""mnist37 installed by pip: served by its command from a folder that has nothing of it, it trains in the browser."""

import os
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import SCREEN, known_page
from tests.browser.lab import Lab
from tests.browser.server import Server
from tests.installed import ROOT, Installed, decoy

ACCENT = "rgb(79, 70, 229)"
"""Of the light theme in .streamlit/config.toml; without that file Streamlit's own is red."""


def test_the_installed_command_serves_the_lab_from_any_folder(browser: Browser, tmp_path: Path) -> None:
    installed = Installed(tmp_path / "environment")
    installed.install(ROOT)
    command = [installed.program("mnist37"), "serve", "--address", "127.0.0.1", "--port"]
    folder = decoy(tmp_path / "elsewhere")
    with (
        Server(tmp_path / "home", tmp_path / "log", command=command, folder=folder, workers=1) as server,
        browser.new_context(base_url=server.url, **SCREEN) as context,
    ):
        lab = Lab(known_page(context, server))
        lab.open()
        lab.train()
        lab.expect_status("finished")
        lab.wait_for_points(more_than=0)
        looked_in = [child.environ().get("PYTHONPATH", "").split(os.pathsep)[0] for child in server.workers()]
        assert looked_in == [str(installed.site_packages)]
        expect(lab.page.get_by_test_id("stSliderThumbValue").first).to_have_css("color", ACCENT)
    assert "Traceback" not in server.log.read_text()
