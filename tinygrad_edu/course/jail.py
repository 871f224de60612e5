"""The first thing that runs inside the sandbox: sets the limits, drops to its own user, becomes the kernel.

Started as a file by `sandbox.command`, so that nothing of the framework is imported before the limits hold:
``jail.py CONNECTION_FILE MEMORY_BYTES FILE_BYTES PROCESSES UID``.
"""

import ctypes
import os
import resource
import sys


def main() -> None:
    connection, (memory, file_size, processes, uid) = sys.argv[1], map(int, sys.argv[2:6])
    with open(connection, "rb") as source:
        secret = source.read()
    if uid >= 0:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)  # clears all capabilities but the inheritable ones
        header, none = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()
        if ctypes.CDLL(None).capset(header, none) != 0:
            sys.exit("capabilities could not be dropped")
    limits = [
        (resource.RLIMIT_FSIZE, file_size),
        (resource.RLIMIT_NPROC, processes),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 512),
    ]
    if memory > 0:
        limits.append((resource.RLIMIT_AS, memory))
    for name, value in limits:
        hard = resource.getrlimit(name)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (value, value))
    own = "/tmp/.kernel.json"  # the original belongs to the grader, whom this process no longer is
    with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(secret)
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # a debugger nobody attaches to takes a quarter of the start
    sys.path[0] = ""  # the folder of this file would hide top-level modules; a kernel starts with its working folder
    sys.argv = ["ipykernel_launcher", "-f", own, "--HistoryManager.enabled=False", "--InteractiveShell.colors=NoColor"]
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


if __name__ == "__main__":
    main()
