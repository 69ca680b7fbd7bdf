"""A server on this machine that hands out files, and some that behave badly."""

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Handler = Callable[..., http.server.BaseHTTPRequestHandler]


@contextmanager
def serving(handler: Handler) -> Iterator[str]:
    """Yield the address of a server on this machine."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


class Silent(http.server.SimpleHTTPRequestHandler):
    """Hands out the files of a folder."""

    def log_message(self, *_: object) -> None:
        pass


class CutOff(Silent):
    """Promises 1,000 bytes and ends the connection after 10."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"0123456789")


class Stalled(Silent):
    """Promises 1,000 bytes and sends 10, until the test ends."""

    over = threading.Event()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"0123456789")
        self.over.wait()


class Slow(Silent):
    """Hands out the first half of a file, and the rest when `go_on` is set."""

    go_on = threading.Event()

    def do_GET(self) -> None:
        data = Path(self.translate_path(self.path)).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        half = len(data) // 2
        self.wfile.write(data[:half])
        self.wfile.flush()
        self.go_on.wait()
        self.wfile.write(data[half:])
