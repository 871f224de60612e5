"""A file is the old one or the whole new one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tinygrad_edu.io import atomic_write


def names(folder: Path) -> list[str]:
    return sorted(p.name for p in folder.iterdir())


def test_writes_a_new_file(tmp_path: Path) -> None:
    with atomic_write(tmp_path / "a") as file:
        file.write(b"new")
        assert names(tmp_path) != ["a"]  # not under its name yet
    assert (tmp_path / "a").read_bytes() == b"new"
    assert names(tmp_path) == ["a"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, OSError])
def test_an_error_leaves_the_old_file(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "a").write_bytes(b"old")

    def fail() -> None:
        with atomic_write(tmp_path / "a") as file:
            file.write(b"half of the n")
            raise error("in the middle")

    with pytest.raises(error):
        fail()
    assert (tmp_path / "a").read_bytes() == b"old"
    assert names(tmp_path) == ["a"]


@pytest.mark.skipif(os.name != "posix", reason="POSIX permissions")
def test_permissions_follow_the_umask_or_the_old_file(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with atomic_write(tmp_path / "a") as file:
            file.write(b"1")
        assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640
        (tmp_path / "a").chmod(0o604)
        with atomic_write(tmp_path / "a") as file:
            file.write(b"2")
        assert (tmp_path / "a").stat().st_mode & 0o777 == 0o604
    finally:
        os.umask(before)


@pytest.mark.skipif(os.name != "posix", reason="POSIX files")
def test_a_link_stays_a_link_and_a_device_a_device(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"old")
    (tmp_path / "link").symlink_to("real")
    with atomic_write(tmp_path / "link") as file:
        file.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    with atomic_write("/dev/null") as file:
        file.write(b"gone")
    assert not Path("/dev/null").is_file()


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=tmp_path.name), atomic_write(tmp_path):
        pass


@pytest.mark.skipif(os.name != "posix", reason="kill")
def test_a_killed_process_leaves_the_old_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")
    program = (
        "import sys, time\nfrom tinygrad_edu.io import atomic_write\n"
        "with atomic_write(sys.argv[1]) as file:\n"
        "    file.write(b'half'); file.flush(); print('ready', flush=True); time.sleep(60)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program, tmp_path / "a"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    assert (tmp_path / "a").read_bytes() == b"old"


def test_readers_never_see_half(tmp_path: Path) -> None:
    """While one process writes the file again and again, every read finds a whole one."""
    program = (
        "import sys\nfrom tinygrad_edu.io import atomic_write\n"
        "for i in range(200):\n"
        "    with atomic_write(sys.argv[1]) as file:\n"
        "        file.write(bytes([i]) * 5000); file.flush(); file.write(bytes([i]) * 5000)\n"
    )
    (tmp_path / "a").write_bytes(bytes(10_000))
    process = subprocess.Popen([sys.executable, "-c", program, tmp_path / "a"])
    seen = set()
    deadline = time.monotonic() + 60
    while process.poll() is None and time.monotonic() < deadline:
        data = (tmp_path / "a").read_bytes()
        assert len(data) == 10_000
        assert len(set(data)) == 1
        seen.add(data[0])
    assert process.wait(10) == 0
    assert len(seen) > 1
