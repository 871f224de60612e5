"""Fetch one file from any of several mirrors: resumes, checks, and never leaves half a file under the file's name.

The bytes go to `NAME.part`. What a broken connection has left there is continued, by this call or the next one; a file
whose checksum is right takes its name in one step; one whose checksum is wrong is thrown away.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

CHUNK = 1 << 16
Progress = Callable[[int, "int | None"], None]  # (bytes so far, bytes in all if known)


class DownloadError(RuntimeError):
    """No mirror gave the file; the text lists what each of them did.

    ``nothing_came`` says that not a byte of it arrived: there may be no network at all.
    """

    nothing_came = False
    cause: Exception | None = None  # what urllib raised at the last mirror; for wrong bytes, what PyTorch says of them


class _Failed(Exception):
    """One attempt failed: `why`, and whether the same mirror deserves another attempt."""

    def __init__(self, why: str, again: bool, cause: Exception | None = None) -> None:
        super().__init__(why)
        self.again, self.cause = again, cause


def file_checksum(path: str | os.PathLike[str], algorithm: str = "sha256") -> str:
    """The hexadecimal checksum of a file, read in pieces."""
    with open(path, "rb") as file:
        return _digest(file, algorithm)


def is_intact(path: str | os.PathLike[str], checksum: str) -> bool:
    """Whether a file is there and has the checksum ``"md5:…"`` or ``"sha256:…"`` (its first eight digits will do)."""
    algorithm, _, expected = checksum.partition(":")
    return Path(path).is_file() and file_checksum(path, algorithm).startswith(expected.lower())


def download(
    urls: Sequence[str],
    path: str | os.PathLike[str],
    checksum: str | None,
    *,
    timeout: float = 20.0,
    attempts: int = 3,
    max_bytes: int = 1 << 32,
    progress: Progress | None = None,
) -> Path:
    """Fetch a file into ``path`` from the first of ``urls`` that gives the right bytes.

    ``checksum`` is ``"md5:…"`` or ``"sha256:…"``, the digits or the first eight or more of them; a file already there
    with that checksum is kept. With None whatever comes is taken, and nothing is continued from an earlier call. A
    connection that gives fewer than ``CHUNK`` bytes in ``timeout`` seconds counts as stalled. A mirror may fail
    ``attempts`` times (a broken connection that brought ``CHUNK`` bytes or more is no failure); then the next mirror
    continues where that one stopped.

    Raises `DownloadError`, with each mirror's failure, when none delivers. What has arrived so far then stays in
    ``path.part`` for the next call.
    """
    path = Path(path)
    if checksum is not None and not re.fullmatch("(md5|sha256):[0-9a-fA-F]{8,64}", checksum):
        raise ValueError(f'checksum must be "md5:…" or "sha256:…" with eight digits or more, got {checksum!r}')
    for url in urls:
        if not url.startswith(("http://", "https://")):
            raise ValueError(f"expected an http:// or https:// address, got {url!r}")
    path.parent.mkdir(parents=True, exist_ok=True)
    with _part_file(path.with_name(path.name + ".part")) as part:
        if checksum is None:
            part.truncate(0)
        elif is_intact(path, checksum):  # from before, or from another process while this one waited for its turn
            part.truncate(0)  # an empty one is removed
            return path
        failures, cause = [], None
        had = part.seek(0, os.SEEK_END)
        for url in urls:
            try:
                _fetch(url, part, checksum, timeout, attempts, max_bytes, progress)
            except _Failed as failure:
                failures.append(f"Tried {url}, got:\n{failure}")
                cause = failure.cause
            else:
                break
        else:
            error = DownloadError(
                f"Error downloading {path.name}:\n" + "\n".join(failures) + "\n"
                "Check the network connection and try again: what has arrived is kept and the download goes on from "
                "there. "
                f"Or fetch the file by other means and put it at {path}"
            )
            error.cause = cause
            error.nothing_came = part.seek(0, os.SEEK_END) == had and not any("wrong bytes" in why for why in failures)
            raise error
        part.flush()
        os.fsync(part.fileno())
        if os.name != "posix":
            part.close()  # Windows renames no open file
        os.replace(part.name, path)
    return path


@contextmanager
def _part_file(part: Path) -> Iterator[BinaryIO]:
    """The partial file, open for reading and appending, and (where the system can) ours alone."""
    while True:
        file = open(part, "a+b")  # noqa: SIM115 - closed below, after its user is done
        if fcntl is None:
            break
        fcntl.flock(file, fcntl.LOCK_EX)  # waits while another process downloads the same file …
        if part.exists() and os.path.samestat(os.fstat(file.fileno()), part.stat()):
            break
        file.close()  # … which has renamed or removed what we waited for: open anew
    try:
        yield file
    finally:
        empty = not file.closed and os.fstat(file.fileno()).st_size == 0
        if empty and fcntl is not None:  # while it is ours: afterwards it may be another's
            part.unlink(missing_ok=True)
        file.close()
        if empty and fcntl is None:
            part.unlink(missing_ok=True)


def _fetch(
    url: str,
    part: BinaryIO,
    checksum: str | None,
    timeout: float,
    attempts: int,
    max_bytes: int,
    progress: Progress | None,
) -> None:
    """Bring `part` to the right bytes from one mirror, or raise `_Failed`."""
    algorithm, _, expected = (checksum or "").partition(":")
    left = attempts
    while True:
        before = part.seek(0, os.SEEK_END)
        try:
            complete = _attempt(url, part, timeout, max_bytes, progress)
        except _Failed as failure:
            if part.seek(0, os.SEEK_END) - before < CHUNK:  # else it gets on, if in pieces
                left -= 1
            if not failure.again or left <= 0:
                raise
            time.sleep(min(0.1 * 2 ** (attempts - left), 5.0))
            continue
        if checksum is None:
            return
        part.seek(0)
        found = _digest(part, algorithm)
        if found.startswith(expected.lower()):
            return
        part.truncate(0)
        # An old partial file may have been of something else; bytes that came in one piece are what this mirror has.
        if complete == "resumed" and left > 1:
            left -= 1
            continue
        told = RuntimeError(f'invalid hash value (expected "{expected}", got "{found}")')
        raise _Failed(f"the wrong bytes: {algorithm} {found}, expected {expected}", again=False, cause=told)


def _attempt(url: str, part: BinaryIO, timeout: float, max_bytes: int, progress: Progress | None) -> str:
    """One request that appends to `part`. Returns "whole" or "resumed" once the mirror has sent what it promised."""
    have = part.seek(0, os.SEEK_END)
    request = urllib.request.Request(url, headers={"User-Agent": "tinygrad-edu", "Accept-Encoding": "identity"})
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as response:
            if have and not _continues_at(response, have):
                have = 0
                part.truncate(0)
            resumed = have > 0
            length = response.headers.get("Content-Length", "")
            total = have + int(length) if length.isdigit() else None
            if total is not None and total > max_bytes:
                raise _Failed(f"a file of {total:,} bytes, more than the {max_bytes:,} allowed", again=False)
            _receive(response, part, have, total, timeout, max_bytes, progress)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == 416 and have:  # nothing after what we have: it is complete, or not a part of this file at all
            return "resumed"
        raise _Failed(
            f"HTTP status {error.code} {error.reason}", error.code >= 500 or error.code == 429, error
        ) from None
    except (OSError, http.client.HTTPException) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        if isinstance(reason, TimeoutError):
            raise _Failed(f"no answer for {timeout:g} seconds", True, error) from None
        broken = isinstance(reason, (ConnectionResetError, ConnectionAbortedError, http.client.HTTPException))
        if reason is error and not broken:
            raise  # of our own file: a full disk
        raise _Failed(f"connection failed: {str(reason) or type(reason).__name__}", broken, error) from None
    return "resumed" if resumed else "whole"


def _continues_at(response: http.client.HTTPResponse, have: int) -> bool:
    """Whether the answer starts at byte `have` (some servers ignore the question and send the file from its start)."""
    return response.status == 206 and response.headers.get("Content-Range", "").startswith(f"bytes {have}-")


def _receive(
    response: http.client.HTTPResponse,
    part: BinaryIO,
    have: int,
    total: int | None,
    timeout: float,
    max_bytes: int,
    progress: Progress | None,
) -> None:
    """Append the answer's body to `part`; `_Failed` when it stalls, stops short or does not end."""
    mark, since = have, time.monotonic()
    while chunk := response.read1(CHUNK):
        part.write(chunk)
        have += len(chunk)
        if have > max_bytes:
            part.truncate(0)
            raise _Failed(f"more than the {max_bytes:,} bytes allowed", again=False)
        if progress is not None:
            progress(have, total)
        now = time.monotonic()
        if have - mark >= CHUNK:
            mark, since = have, now
        elif now - since > timeout:
            raise _Failed(f"stalled: {have - mark} bytes in {now - since:.0f} seconds", again=True)
    if total is not None and have != total:
        raise _Failed(f"the connection ended after {have:,} of {total:,} bytes", again=True)


def _digest(file: BinaryIO, algorithm: str) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()
