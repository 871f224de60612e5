"""nbclient, made to look again for replies that it may have slept through."""

from __future__ import annotations

import time
from queue import Empty
from typing import Any

from nbclient import NotebookClient

LOOK_AGAIN = 1.0  # seconds


class PatientClient(NotebookClient):
    """Runs notebooks that hold widgets.

    When a cell opens a widget, nbclient answers the kernel on the very socket on which it waits for the cell's reply, and is then not
    always woken when the reply comes (jupyter/nbclient, issue 312): it would wait until the cell's time is over. This one asks
    the socket itself every second.
    """

    async def async_start_new_kernel_client(self) -> Any:
        client = await super().async_start_new_kernel_client()
        channel, get = client.shell_channel, client.shell_channel.get_msg

        async def get_msg(timeout: float | None = None) -> Any:
            end = time.monotonic() + (float("inf") if timeout is None else timeout)
            while True:
                left = end - time.monotonic()
                try:
                    return await get(timeout=max(0.0, min(LOOK_AGAIN, left)))
                except Empty:
                    if left <= LOOK_AGAIN:
                        raise

        channel.get_msg = get_msg
        return client
