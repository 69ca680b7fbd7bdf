"""The main function of the command line, and its parser.

Exit codes: 0 done, 1 failed (also: diverged, not kept, or stopped by Ctrl-C and the like), 2 wrong use.
"""

import argparse
from collections.abc import Sequence

from mnist37 import __version__, serve
from mnist37.cli import data, export, import_, ladder, predict, runs, train
from mnist37.cli.output import Output, escape_what_cannot_be_shown
from mnist37.data.forms import FORMS
from mnist37.errors import Mnist37Error, SettingsError

COMMANDS = (data, train, ladder, runs, predict, export, import_)

EPILOG = """\
The digits: --data PATH (or the variable MNIST37_DATA) names a folder, an archive or a file in any of these forms:
{forms}
Archives are .zip, .tar, .tar.gz (.tgz), .tar.bz2 and .tar.xz. What is not split is split 80/20 by a fixed seed; dark
ink on white is turned to bright on dark; both are said. Other sizes than 28x28, and colour, need --prepare (or
MNIST37_PREPARE=1). `book` downloads the book's set; `embedded`, the default, is 500 threes and 500 sevens that need no
network. Runs are kept in the user's data folder, or in MNIST37_HOME.

Exit codes: 0 done, 1 failed (also: diverged, not kept, or stopped by Ctrl-C, SIGTERM or a closed terminal), 2 wrong
use.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Args:
        arguments: the arguments after `mnist37`; None for those of this process.

    Returns:
        The exit code.
    """
    escape_what_cannot_be_shown()
    options = _parser().parse_args(arguments)
    output = Output(as_json=options.json)
    try:
        code = int(options.run(options, output))
    except Mnist37Error as error:
        output.error(error)
        code = 2 if isinstance(error, SettingsError) else 1
    except KeyboardInterrupt:
        output.say("Stopped.")
        output.result({"error": "Stopped.", "remedy": "Start it again."})
        code = 1
    return code or int(output.is_broken)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=serve.program(),
        description="See how a classifier learns to tell handwritten 3s from 7s, in the browser or without one.",
        epilog=EPILOG.format(forms="\n".join(f"- {form.reads}" for form in FORMS)),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"mnist37 {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    sub = commands.add_parser("serve", help=serve.HELP, description=serve.HELP)
    serve.add_arguments(sub)
    sub.set_defaults(run=lambda options, _: serve.run(options), json=False)
    for command in COMMANDS:
        name = command.__name__.rpartition(".")[2].rstrip("_")  # `import` cannot be a module's name
        sub = commands.add_parser(name, help=command.HELP, description=command.HELP)
        sub.add_argument("--json", action="store_true", help="print one JSON object as the last line, and nothing else")
        command.add_arguments(sub)
        sub.set_defaults(run=command.run)
    return parser
