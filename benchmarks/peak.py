"""`python -m benchmarks.peak RUNG TIMES`: the megabytes that one training takes at most, in a process of its own."""

import sys
import threading

import psutil

from benchmarks.growth import tile
from benchmarks.training import chapter_settings
from mnist37.data import load_digits
from mnist37.train import train

LOOK_SECONDS = 0.002


def main() -> None:
    """Train, and print what the process grew by; what is imported for it does not count."""
    rung, times = sys.argv[1], int(sys.argv[2])
    digits = load_digits()
    settings = chapter_settings(rung).replace(epochs=1)
    train(settings, digits, lambda _: None)  # all imports are done
    tiled = tile(digits, times)
    process, over = psutil.Process(), threading.Event()
    before = peak = process.memory_info().rss

    def look() -> None:
        nonlocal peak
        while not over.wait(LOOK_SECONDS):
            peak = max(peak, process.memory_info().rss)

    looking = threading.Thread(target=look)
    looking.start()
    train(settings, tiled, lambda _: None)
    over.set()
    looking.join()
    print((peak - before) / 2**20)  # noqa: T201 - what is asked for


if __name__ == "__main__":
    main()
