"""An HTTP server on 127.0.0.1 that misbehaves as told: stalls, cuts off, lies."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["Handler", bytes], None]


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        name = self.path.strip("/")
        self.server.requests.append((name, self.headers.get("Range")))
        behaviours = self.server.behaviours[name]
        behaviour = behaviours.pop(0) if len(behaviours) > 1 else behaviours[0]
        self.close_connection = True
        with suppress(BrokenPipeError, ConnectionResetError):  # the client has had enough, as it should
            behaviour(self, self.server.content)

    def range_start(self) -> int:
        header = self.headers.get("Range")
        return int(header.removeprefix("bytes=").split("-")[0]) if header else 0

    def head(self, status: int, length: int | None, **headers: str) -> None:
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Connection", "close")
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content = content
        self.behaviours: dict[str, list[Behaviour]] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.stop = threading.Event()

    def url(self, *behaviours: Behaviour) -> str:
        """An address that behaves in these ways, one a request; the last stays."""
        name = f"mirror{len(self.behaviours)}"
        self.behaviours[name] = list(behaviours)
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"


@contextmanager
def serving(content: bytes) -> Iterator[Server]:
    server = Server(content)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.stop.set()
        server.shutdown()
        server.server_close()
        thread.join()


def good(h: Handler, content: bytes) -> None:
    """The right bytes, from where the client asks."""
    start = h.range_start()
    if start >= len(content) > 0 and h.headers.get("Range"):
        h.head(416, 0, Content_Range=f"bytes */{len(content)}")
    elif start:
        h.head(206, len(content) - start, Content_Range=f"bytes {start}-{len(content) - 1}/{len(content)}")
        h.wfile.write(content[start:])
    else:
        no_ranges(h, content)


def no_ranges(h: Handler, content: bytes) -> None:
    """Knows no Range: always all of it."""
    h.head(200, len(content))
    h.wfile.write(content)


def cut_after(n: int, ranges: bool = True) -> Behaviour:
    """Promise everything, send n bytes, hang up."""

    def behave(h: Handler, content: bytes) -> None:
        start = h.range_start() if ranges else 0
        if start:
            h.head(206, len(content) - start, Content_Range=f"bytes {start}-{len(content) - 1}/{len(content)}")
        else:
            h.head(200, len(content))
        h.wfile.write(content[start : start + n])

    return behave


def stall_after(n: int) -> Behaviour:
    """Send n bytes, then nothing, with the connection open."""

    def behave(h: Handler, content: bytes) -> None:
        h.head(200, len(content))
        h.wfile.write(content[:n])
        h.wfile.flush()
        h.server.stop.wait(20)

    return behave


def silent(h: Handler, content: bytes) -> None:
    """Accept the request and never answer."""
    h.server.stop.wait(20)


def drip(h: Handler, content: bytes) -> None:
    """A byte now and then: never quite a timeout of the socket."""
    h.head(200, len(content))
    for i in range(len(content)):
        h.wfile.write(content[i : i + 1])
        h.wfile.flush()
        if h.server.stop.wait(0.05):
            return


def wrong_bytes(h: Handler, content: bytes) -> None:
    h.head(200, len(content))
    h.wfile.write(bytes(len(content)))


def html_page(h: Handler, content: bytes) -> None:
    """What hotel networks answer to everything."""
    page = b"<html>Please log in</html>"
    h.head(200, len(page), Content_Type="text/html")
    h.wfile.write(page)


def short_length(h: Handler, content: bytes) -> None:
    """Lie: a Content-Length that is too small."""
    h.head(200, len(content) // 2)
    h.wfile.write(content)


def long_length(h: Handler, content: bytes) -> None:
    """Lie: a Content-Length that is too large, then hang up."""
    h.head(200, len(content) * 2)
    h.wfile.write(content)


def wrong_range(h: Handler, content: bytes) -> None:
    """Lie: say 206, but from another place."""
    start = h.range_start()
    if not start:
        return cut_after(len(content) // 2)(h, content)
    h.head(206, len(content), Content_Range=f"bytes 0-{len(content) - 1}/{len(content)}")
    h.wfile.write(content)


def endless(h: Handler, content: bytes) -> None:
    """No Content-Length and no end."""
    h.head(200, None)
    while not h.server.stop.is_set():
        h.wfile.write(bytes(1 << 16))


def huge(h: Handler, content: bytes) -> None:
    h.head(200, 1 << 50)


def unknown_length(h: Handler, content: bytes) -> None:
    """No Content-Length, but right."""
    h.head(200, None)
    h.wfile.write(content)


def status(code: int) -> Behaviour:
    def behave(h: Handler, content: bytes) -> None:
        h.head(code, 0)

    return behave


def redirect(url: str) -> Behaviour:
    def behave(h: Handler, content: bytes) -> None:
        h.head(302, 0, Location=url)

    return behave


def slow_good(seconds: float) -> Behaviour:
    def behave(h: Handler, content: bytes) -> None:
        time.sleep(seconds)
        good(h, content)

    return behave
