"""`python -m benchmarks [PART ...]`: measure, and write docs/performance.md. MNIST37_DATA names the digits."""

import argparse
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence

# torch gives this warning while fastai is imported.
warnings.filterwarnings("ignore", message="`torch.jit.script` is deprecated", category=FutureWarning)

from benchmarks import browser, gpu, growth, report, resnet, room, server, training, watching  # noqa: E402
from benchmarks.table import Table  # noqa: E402
from mnist37.data import Digits, load_digits  # noqa: E402

PARTS: Mapping[str, Callable[[Digits], Sequence[Table]]] = {
    "training": lambda digits: [training.training(digits)],
    "resnet18": lambda digits: [resnet.resnet18(digits)],
    "gpu": gpu.gpu,
    "growth": lambda digits: [growth.more_digits(digits), growth.more_runs(digits), growth.longer_histories(digits)],
    "watching": lambda _: [watching.watching()],
    "server": lambda _: [server.ticks()],
    "crowd": lambda _: [server.crowd()],
    "browser": lambda _: [browser.latency()],
    "room": lambda _: [room.class_room()],
}


def main() -> None:
    """Measure the chosen parts, and write each as soon as it is finished."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all of them by default")
    parts = parser.parse_args().parts or list(PARTS)
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        parser.error(f"there is no part {unknown[0]}; choose from {', '.join(PARTS)}")
    digits = load_digits()
    sys.stderr.write(f"{digits.n_train:,} train digits: {digits.source}\n")
    for part in parts:
        sys.stderr.write(f"measuring: {part}\n")
        tables = PARTS[part](digits)
        if not tables:
            sys.stderr.write("  torch finds no GPU here, so what was measured on one stays as it is\n")
        report.write(list(tables))
        sys.stdout.write("\n".join(table.to_markdown() for table in tables) + "\n")


if __name__ == "__main__":
    main()
