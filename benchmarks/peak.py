"""`python -m benchmarks.peak RUNG TIMES`: print the peak memory of one training in MB, in a process of its own."""

import sys
import threading

import psutil

from benchmarks.growth import tile
from benchmarks.training import chapter_settings
from mnist37.data import load_digits
from mnist37.train import train

SAMPLE_SECONDS = 0.002


def main() -> None:
    """Train, and print the growth of the process in MB, without the imports."""
    rung, times = sys.argv[1], int(sys.argv[2])
    digits = load_digits()
    settings = chapter_settings(rung).replace(epochs=1)
    train(settings, digits, lambda _: None)  # afterwards all imports are done
    tiled = tile(digits, times)
    process, over = psutil.Process(), threading.Event()
    before = peak = process.memory_info().rss

    def sample() -> None:
        nonlocal peak
        while not over.wait(SAMPLE_SECONDS):
            peak = max(peak, process.memory_info().rss)

    sampling = threading.Thread(target=sample)
    sampling.start()
    train(settings, tiled, lambda _: None)
    over.set()
    sampling.join()
    print((peak - before) / 2**20)  # noqa: T201 - the result


if __name__ == "__main__":
    main()
