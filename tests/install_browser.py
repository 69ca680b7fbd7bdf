"""Makes sure that the browser tests have a Chromium to drive: `python tests/install_browser.py`.

The first of these that is there serves: the program named by `MNIST37_CHROMIUM`, Playwright's own download, a Chromium,
Chrome or Edge of this machine. With none of them, Playwright is asked to download its own and, where that fails (on a
closed network), apt-get to install Debian's, if this user may. `find_browser` tells the tests which one it is.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

NAMES_ON_PATH = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
WELL_KNOWN_PATHS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "~/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
# Playwright tries a download several times over; waiting this long (ms) for each connection, a closed network shows
# within a minute. The whole download has ten minutes (s), and so has each step of apt-get, for a slow network.
CONNECTION_TIMEOUT_MS = "10000"
INSTALL_TIMEOUT_S = 600


class NoBrowserError(Exception):
    """There is no Chromium for the browser tests; the message says what to do."""


def find_browser() -> Path | None:
    """Find the Chromium that the browser tests drive.

    Returns:
        The program's path, for Playwright's `executable_path`; None means the one that Playwright downloaded itself.

    Raises:
        NoBrowserError: there is none, or `MNIST37_CHROMIUM` names something that is not one.
    """
    if named := os.environ.get("MNIST37_CHROMIUM"):
        path = Path(named).expanduser()
        if not answers(path):
            msg = f"MNIST37_CHROMIUM is {named!r}, which is no Chromium that starts. Correct it, or unset it."
            raise NoBrowserError(msg)
        return path
    if playwright_has_its_own():
        return None
    for path in browsers_of_this_machine():
        if answers(path):
            return path
    msg = (
        "The browser tests need a Chromium, and there is none. Any of these will do:\n"
        "    python -m playwright install --with-deps chromium    (needs a network; the system libraries, root)\n"
        "    sudo apt-get install chromium                        (Debian), or your system's Chromium or Chrome\n"
        "    MNIST37_CHROMIUM=/path/to/chromium                   (one that you have elsewhere)\n"
        'Without a browser, the other tests run with: python -m pytest -m "not browser"'
    )
    raise NoBrowserError(msg)


def install_browser() -> None:
    """Install a Chromium, unless there is one: Playwright's own or, where that fails, Debian's.

    Raises:
        NoBrowserError: neither could be installed.
    """
    try:
        find_browser()
    except NoBrowserError:
        if os.environ.get("MNIST37_CHROMIUM"):
            raise
        if not install_playwrights_own():
            install_debians()
        find_browser()


def browsers_of_this_machine() -> Iterator[Path]:
    """List the Chromium-like programs on the PATH and where their installers put them."""
    for name in NAMES_ON_PATH:
        if found := shutil.which(name):
            yield Path(found)
    for place in WELL_KNOWN_PATHS:
        path = Path(place).expanduser()
        if path.is_file():
            yield path


def answers(browser: Path) -> bool:
    """Say whether it starts: one that lacks a library does not, nor a stub that only names a package (as Ubuntu's)."""
    if sys.platform == "win32":  # where `--version` opens a window and prints nothing
        return browser.is_file()
    return re.search(r"(Chrom|Edge).* \d+\.", run(str(browser), "--version", timeout=30).stdout) is not None


def playwright_has_its_own() -> bool:
    """Say whether all that this version of Playwright would download is there, and complete."""
    plan = run(sys.executable, "-m", "playwright", "install", "--dry-run", "chromium", timeout=60).stdout
    folders = [Path(line) for line in re.findall(r"Install location:\s+(.+)", plan)]
    return bool(folders) and all((folder / "INSTALLATION_COMPLETE").is_file() for folder in folders)


def install_playwrights_own() -> bool:
    """Let Playwright download its Chromium; say whether it is there and starts."""
    print("Browser tests: downloading Chromium with Playwright", flush=True)
    environment = {"PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": CONNECTION_TIMEOUT_MS, **os.environ}
    playwright = (sys.executable, "-m", "playwright")
    run(*playwright, "install", "chromium", environment=environment)
    if not playwright_has_its_own():
        print("  that failed, as it does on a closed network", flush=True)
        return False
    launch = "from playwright.sync_api import sync_playwright as s\nwith s() as p: p.chromium.launch().close()"
    if run(sys.executable, "-c", launch, timeout=60).returncode == 0:
        return True
    # Taken away again, or the tests would choose it over one that works.
    print("  it does not start; `python -m playwright install-deps chromium` brings what it lacks", flush=True)
    run(*playwright, "uninstall", timeout=60)
    return False


def install_debians() -> None:
    """Let apt-get install Chromium, where there is an apt-get and this user may use it without being asked."""
    apt = shutil.which("apt-get")
    if apt is None:
        return
    may = () if hasattr(os, "geteuid") and os.geteuid() == 0 else ("sudo", "-n")
    if may and (shutil.which("sudo") is None or run(*may, "true", timeout=30).returncode != 0):
        return
    print("Browser tests: installing Chromium with apt-get", flush=True)
    quietly = (*may, "env", "DEBIAN_FRONTEND=noninteractive", apt, "-qq", "-o", "Acquire::http::Timeout=15")
    for step in (("update",), ("install", "-y", "--no-install-recommends", "chromium")):
        done = run(*quietly, *step)
        if done.returncode != 0:
            print(f"  apt-get {step[0]} failed: {done.stderr.strip()[-2000:]}", flush=True)


def run(
    *command: str, timeout: float = INSTALL_TIMEOUT_S, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, quietly and without a keyboard; one that cannot start or takes too long has failed."""
    try:
        return subprocess.run(
            command,
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            stdin=subprocess.DEVNULL,
            timeout=timeout,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess(command, returncode=1, stdout="", stderr=str(error))


if __name__ == "__main__":
    try:
        install_browser()
    except NoBrowserError as error:
        sys.exit(str(error))
