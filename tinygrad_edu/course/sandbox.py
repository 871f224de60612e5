"""The sandbox of a student's kernel: bubblewrap with no network, no answers, nothing writable but two small tmpfs.

`command` gives the command line that starts a kernel; `jail.py` is the first thing that runs inside it. As root no user
namespace is made: the kernel drops to a user id of its own, so that limits on processes hold. Otherwise bubblewrap
makes a user namespace, in which further ones are switched off.
"""

import compileall
import os
import shutil
import site
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

from .limits import Limits

PACKAGE = Path(__file__).resolve().parent.parent
JAIL = Path(__file__).resolve().with_name("jail.py")
WORK = "/course/exercises"
_SYSTEM = (
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/etc/alternatives",
    "/etc/fonts",
    "/nix/store",
)
_FILES = ("/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/localtime", "/etc/nsswitch.conf")
_FIRST_UID, _UIDS = 61184, 4336  # the range that Linux distributions leave to short-lived users


def available() -> str:
    """'' when kernels can be sandboxed here, else one line that says what is missing and what to do."""
    if not sys.platform.startswith("linux"):
        return f"no sandbox on {sys.platform}: bubblewrap runs on Linux only"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (Debian, Ubuntu, Fedora: install the package bubblewrap)"
    return _refusal()


@cache
def _refusal() -> str:
    reasons = [_probe(mode) for mode in _modes()]
    if "" in reasons:
        return ""
    reason = reasons[-1]
    if any(hint in reason for hint in ("uid map", "Operation not permitted", "No permissions")):
        reason += "; allow user namespaces (Ubuntu 24.04: sysctl kernel.apparmor_restrict_unprivileged_userns=0)"
    return f"bubblewrap is installed but refused here: {reason}"


@cache
def _probe(own_user: bool) -> str:
    """'' if bubblewrap starts something in this mode, else why it doesn't."""
    probe = [*_bwrap(1 << 20, own_user), "--", "/bin/sh", "-c", "exit 0"]
    try:
        done = subprocess.run(probe, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else (done.stderr.strip() or f"exit code {done.returncode}").splitlines()[-1]


def _modes() -> tuple[bool, ...]:
    """Ways to sandbox, the better first: True drops from root to a user of its own, False makes a user namespace.

    Root in a container may be allowed the second way only.
    """
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return (True, False) if is_root else (False,)


def _own_user() -> bool:
    return next((mode for mode in _modes() if not _probe(mode)), False)


def command(private: Path, connection: Path, limits: Limits, seed: int, hide: tuple[Path, ...] = ()) -> list[str]:
    """The command line of one sandboxed kernel.

    `private` is the folder of its sockets, the only one shared with it; folders in `hide` stay empty inside even where
    they lie in something that a kernel has to see, as a course cloned into the Python environment does.
    """
    own_user = _own_user()
    uid = _FIRST_UID + os.getpid() % _UIDS if own_user else -1
    args = _bwrap(limits.disk_bytes, own_user)
    for folder in (WORK, "/dev/shm"):
        args += _parents(folder)
        args += ["--perms", "1777", "--size", str(limits.disk_bytes), "--tmpfs", folder]
    inside, beside = PACKAGE / "course" / "_course" / "datasets", PACKAGE.parent / "datasets"
    source_tree = (PACKAGE.parent / "pyproject.toml").is_file()  # not site-packages
    if (datasets := beside if source_tree else inside).is_dir():
        args += ["--ro-bind", str(datasets), "/course/datasets"]
    if source_tree and beside.is_dir():
        args += [*_parents(str(beside)), "--ro-bind", str(beside), str(beside)]
    for secret in hide:
        # on another machine of a cluster it may not exist
        if secret.is_dir() and any(secret.is_relative_to(seen) for seen in (*_SYSTEM, *_interpreter(), str(PACKAGE))):
            args += ["--tmpfs", str(secret)]
    args += [*_parents(str(private)), "--bind", str(private), str(private)]
    # bubblewrap's /dev is a tmpfs without a limit, which in a user namespace belongs to the kernel's own user
    args += ["--remount-ro", "/dev", "--remount-ro", "/", "--chdir", WORK, "--clearenv"]
    for name, value in environment(seed).items():
        args += ["--setenv", name, value]
    args += ["--", sys.executable, "-B", str(JAIL), str(connection), str(limits.memory_bytes), str(limits.disk_bytes)]
    return [*args, str(limits.processes), str(uid)]


@cache
def compile_package() -> None:
    """Have this package's bytecode on disk: every kernel imports it, and none may write there."""
    compileall.compile_dir(PACKAGE, quiet=2)  # says nothing and does nothing in a folder that can't be written to


def environment(seed: int) -> dict[str, str]:
    """All of a sandboxed kernel's environment."""
    inside = {
        "PATH": "/usr/bin:/bin",
        "HOME": "/tmp",
        "USER": "student",
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "TINYGRAD_EDU_COMPILED": "0",  # points must not depend on what the teacher's machine has compiled
        "IPYTHONDIR": "/tmp/.ipython",
        "MPLCONFIGDIR": "/tmp/.matplotlib",
        "TINYGRAD_EDU_HOME": "/tmp/.tinygrad_edu",
        "GRADE_SEED": str(seed),
    }
    if not _installed():
        inside["PYTHONPATH"] = str(PACKAGE.parent)
    return inside


def _bwrap(disk_bytes: int, own_user: bool) -> list[str]:
    args = [
        "bwrap",
        "--die-with-parent",
        "--new-session",
        "--unshare-ipc",
        "--unshare-pid",
        "--unshare-net",
        "--unshare-uts",
    ]
    # without it bubblewrap stays as process 1, with the grader's environment and memory for all of its user to read
    args += ["--as-pid-1"]
    args += ["--unshare-cgroup-try", "--hostname", "grading", "--cap-drop", "ALL"]
    if own_user:
        args += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    else:
        args += ["--unshare-user", "--disable-userns"]
    # first, because an environment may lie below /tmp
    args += ["--perms", "1777", "--size", str(disk_bytes), "--tmpfs", "/tmp"]
    for path in _SYSTEM:
        if os.path.islink(path):
            args += ["--symlink", os.readlink(path), path]
        else:
            args += ["--ro-bind-try", path, path]
    for path in dict.fromkeys([*_FILES, *_interpreter(), str(PACKAGE)]):
        args += [*_parents(path), "--ro-bind-try", path, path]
    return [*args, "--proc", "/proc", "--dev", "/dev"]


def _parents(path: str) -> list[str]:
    """Folders above `path`, readable to all: bubblewrap would close them to the user that the kernel becomes."""
    found: list[str] = []
    for folder in reversed(Path(path).parents[:-1]):
        found += ["--perms", "0755", "--dir", str(folder)]
    return found


def _interpreter() -> list[str]:
    """Folders of this Python, its base and its packages."""
    found = [sys.base_prefix, sys.prefix, sysconfig.get_path("purelib"), sysconfig.get_path("platlib")]
    if site.ENABLE_USER_SITE:
        found.append(site.getusersitepackages())
    return [path for path in found if path != "/usr" and os.path.isdir(path)]


def _installed() -> bool:
    return PACKAGE.parent in (Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib")))
