"""Downloads against a server that stalls, cuts off and lies."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vision import faultserver as fs
from tinygrad_edu.utils.download import DownloadError, download, is_intact

CONTENT = random.Random(0).randbytes(300_000)
CHECKSUM = "sha256:" + hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[fs.Server]:
    monkeypatch.setenv("no_proxy", "*")  # 127.0.0.1 is here, whatever the environment's proxy
    with fs.serving(CONTENT) as server:
        yield server


def fetch(folder: Path, *urls: str, checksum: str = CHECKSUM, timeout: float = 0.25, **options: int) -> Path:
    return download(urls, folder / "file.bin", checksum, timeout=timeout, **options)


def assert_whole(folder: Path) -> None:
    assert (folder / "file.bin").read_bytes() == CONTENT
    assert [p.name for p in folder.iterdir()] == ["file.bin"]


def assert_nothing(folder: Path) -> None:
    assert not (folder / "file.bin").exists()


def test_good_server(server: fs.Server, tmp_path: Path) -> None:
    assert fetch(tmp_path, server.url(fs.good)) == tmp_path / "file.bin"
    assert_whole(tmp_path)
    assert server.requests == [("mirror0", None)]


def test_makes_the_folder_and_takes_md5_in_capitals(server: fs.Server, tmp_path: Path) -> None:
    fetch(tmp_path / "a" / "b", server.url(fs.good), checksum="md5:" + hashlib.md5(CONTENT).hexdigest().upper())
    assert_whole(tmp_path / "a" / "b")


def test_a_right_file_is_not_fetched_again(server: fs.Server, tmp_path: Path) -> None:
    (tmp_path / "file.bin").write_bytes(CONTENT)
    fetch(tmp_path, server.url(fs.good))
    assert server.requests == []
    assert_whole(tmp_path)


def test_a_wrong_file_is_replaced(server: fs.Server, tmp_path: Path) -> None:
    (tmp_path / "file.bin").write_bytes(CONTENT[:-1])
    fetch(tmp_path, server.url(fs.good))
    assert_whole(tmp_path)


@pytest.mark.parametrize(
    "first",
    [
        fs.cut_after(0),
        fs.cut_after(100_000),
        fs.stall_after(100_000),
        fs.silent,
        fs.drip,
        fs.status(503),
        fs.status(429),
    ],
)
def test_a_passing_trouble_is_got_over_at_the_same_mirror(
    server: fs.Server, tmp_path: Path, first: fs.Behaviour
) -> None:
    fetch(tmp_path, server.url(first, fs.good))
    assert_whole(tmp_path)
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "bad",
    [
        fs.status(404),
        fs.status(403),
        fs.status(500),
        fs.wrong_bytes,
        fs.html_page,
        fs.short_length,
        fs.long_length,
        fs.stall_after(10),
        fs.silent,
        fs.drip,
        fs.endless,
        fs.huge,
        fs.cut_after(1000),
        fs.redirect("file:///etc/passwd"),
    ],
)
def test_a_lasting_trouble_leads_to_the_next_mirror(server: fs.Server, tmp_path: Path, bad: fs.Behaviour) -> None:
    fetch(tmp_path, server.url(bad), server.url(fs.good), max_bytes=2_000_000)
    assert_whole(tmp_path)
    assert server.requests[-1][0] == "mirror1"


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        (fs.status(404), "HTTP status 404"),
        (fs.wrong_bytes, "the wrong bytes: sha256"),
        (fs.html_page, "the wrong bytes: sha256"),
        (fs.silent, "no answer for 0.25 seconds"),
        (fs.drip, "stalled"),
        (fs.cut_after(1000, ranges=False), "ended after 1,000 of 300,000 bytes"),
        (fs.endless, "more than the 2,000,000 bytes"),
        (fs.huge, "more than the 2,000,000 allowed"),
    ],
)
def test_when_no_mirror_delivers_the_error_tells_what_each_did(
    server: fs.Server, tmp_path: Path, bad: fs.Behaviour, says: str
) -> None:
    urls = server.url(fs.status(410)), server.url(bad)
    with pytest.raises(DownloadError) as caught:
        fetch(tmp_path, *urls, max_bytes=2_000_000)
    text = str(caught.value)
    assert "Error downloading file.bin" in text
    assert "HTTP status 410" in text
    assert says in text
    assert all(url in text for url in urls)
    assert_nothing(tmp_path)


def test_nobody_at_the_address(tmp_path: Path, server: fs.Server) -> None:
    with pytest.raises(DownloadError, match="connection failed"):
        fetch(tmp_path, "http://127.0.0.1:9/x")
    assert list(tmp_path.iterdir()) == []


def test_the_next_call_goes_on_where_this_one_stopped(server: fs.Server, tmp_path: Path) -> None:
    with pytest.raises(DownloadError):
        fetch(tmp_path, server.url(fs.cut_after(200_000), fs.status(404)))
    assert (tmp_path / "file.bin.part").read_bytes() == CONTENT[:200_000]
    fetch(tmp_path, server.url(fs.good))
    assert server.requests[-1] == ("mirror1", "bytes=200000-")
    assert_whole(tmp_path)


def test_many_cuts_are_fine_while_each_brings_something(server: fs.Server, tmp_path: Path) -> None:
    fetch(tmp_path, server.url(fs.cut_after(70_000)))
    starts = [wanted for _, wanted in server.requests]
    assert starts == [None, "bytes=70000-", "bytes=140000-", "bytes=210000-", "bytes=280000-"]
    assert_whole(tmp_path)


def test_a_second_mirror_continues_the_first_ones_file(server: fs.Server, tmp_path: Path) -> None:
    fetch(tmp_path, server.url(fs.cut_after(150_000), fs.status(404)), server.url(fs.good))
    assert server.requests[-1] == ("mirror1", "bytes=150000-")
    assert_whole(tmp_path)


@pytest.mark.parametrize("second", [fs.no_ranges, fs.wrong_range])
def test_a_server_that_does_not_continue_starts_anew(server: fs.Server, tmp_path: Path, second: fs.Behaviour) -> None:
    fetch(tmp_path, server.url(fs.cut_after(100_000), second))
    assert_whole(tmp_path)


def test_no_content_length(server: fs.Server, tmp_path: Path) -> None:
    fetch(tmp_path, server.url(fs.unknown_length))
    assert_whole(tmp_path)


@pytest.mark.parametrize("left", [b"something else entirely", CONTENT, CONTENT + b"more", CONTENT[:-1] + b"x"])
def test_a_wrong_or_complete_partial_file(server: fs.Server, tmp_path: Path, left: bytes) -> None:
    (tmp_path / "file.bin.part").write_bytes(left)
    fetch(tmp_path, server.url(fs.good))
    assert_whole(tmp_path)


def test_redirects_are_followed(server: fs.Server, tmp_path: Path) -> None:
    fetch(tmp_path, server.url(fs.redirect(server.url(fs.good))))
    assert_whole(tmp_path)


def test_two_at_once_share_one_download(server: fs.Server, tmp_path: Path) -> None:
    url = server.url(fs.slow_good(0.3))
    threads = [threading.Thread(target=fetch, args=(tmp_path, url), kwargs={"timeout": 5.0}) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert_whole(tmp_path)
    assert len(server.requests) == 1


def test_stalls_end_soon(server: fs.Server, tmp_path: Path) -> None:
    start = time.monotonic()
    with pytest.raises(DownloadError):
        fetch(tmp_path, server.url(fs.silent), timeout=0.2)
    assert time.monotonic() - start < 5


def test_an_interrupt_keeps_what_has_arrived(server: fs.Server, tmp_path: Path) -> None:
    def interrupt(have: int, total: int | None) -> None:
        assert total == len(CONTENT)
        if have > 100_000:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        download([server.url(fs.good)], tmp_path / "file.bin", CHECKSUM, progress=interrupt)
    assert_nothing(tmp_path)
    assert CONTENT.startswith((tmp_path / "file.bin.part").read_bytes())
    fetch(tmp_path, server.url(fs.good))
    assert_whole(tmp_path)


def test_bad_arguments(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="checksum must be"):
        fetch(tmp_path, "http://x/", checksum="0123")
    with pytest.raises(ValueError, match="expected an http"):
        fetch(tmp_path, "file:///etc/passwd")


def test_is_intact(tmp_path: Path) -> None:
    assert not is_intact(tmp_path / "none", CHECKSUM)
    (tmp_path / "a").write_bytes(CONTENT)
    assert is_intact(tmp_path / "a", CHECKSUM)
    (tmp_path / "a").write_bytes(CONTENT[1:])
    assert not is_intact(tmp_path / "a", CHECKSUM)
