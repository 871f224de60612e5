"""Where the servers of these tests listen."""

from __future__ import annotations

import socket


def free_port() -> int:
    """A port of the system's choice: two workers that ask at once get two (`lab.choose_port` would tell both the first)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
