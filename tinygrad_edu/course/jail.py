"""The first thing that runs inside the sandbox: sets the limits, drops to its own user, becomes the kernel.

Started as a file by `sandbox.command`, so that nothing of the framework is imported before the limits hold:
``jail.py CONNECTION_FILE MEMORY_BYTES FILE_BYTES PROCESSES UID``.
"""

import ctypes
import os
import platform
import resource
import struct
import sys

# Linux system calls that no exercise needs and that reach past the limits (memory that belongs to no process: memfd,
# System V; a name space of one's own with file systems of any size), past the sandbox (other processes, keys that
# outlive it) or deep into the kernel: (x86_64, aarch64).
_DENIED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271), "kcmp": (312, 272),
    "memfd_create": (319, 279), "memfd_secret": (447, 447), "shmget": (29, 194), "msgget": (68, 186), "semget": (64, 190),
    "unshare": (272, 97), "setns": (308, 268), "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41),
    "open_tree": (428, 428), "move_mount": (429, 429), "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432),
    "fspick": (433, 433), "mount_setattr": (442, 442), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219), "bpf": (321, 280), "userfaultfd": (323, 282),
    "perf_event_open": (298, 241), "io_uring_setup": (425, 425), "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
}  # fmt: skip
_CLONE, _CLONE3, _SOCKET = (56, 220), (435, 435), (41, 198)
_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NEW_NAMESPACES = 0x7E020000  # all CLONE_NEW… flags
_FAMILIES = (1, 2, 10, 16)  # Unix, IPv4, IPv6 and netlink; vsock, for one, is the same in every network name space
_EPERM, _ENOSYS, _EAFNOSUPPORT = 1, 38, 97


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
        (resource.RLIMIT_NOFILE, 256),  # with the limit on processes it bounds what sockets can hold
    ]
    if memory > 0:
        limits.append((resource.RLIMIT_AS, memory))
    for name, value in limits:
        hard = resource.getrlimit(name)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (value, value))
    forbid_system_calls()
    own = "/tmp/.kernel.json"  # the original belongs to the grader, whom this process no longer is
    with open(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
        target.write(secret)
    sys.modules["debugpy"] = None  # type: ignore[assignment]  # a debugger nobody attaches to takes a quarter of the start
    sys.path[0] = ""  # the folder of this file would hide top-level modules; a kernel starts with its working folder
    sys.argv = ["ipykernel_launcher", "-f", own, "--HistoryManager.enabled=False", "--InteractiveShell.colors=NoColor"]
    from ipykernel.kernelapp import launch_new_instance

    launch_new_instance()


def forbid_system_calls() -> None:
    """Have Linux refuse the calls above, in this process and all that it starts, for good."""
    machine = platform.machine()
    if machine not in _ARCHITECTURES:  # the other walls hold there too
        return
    program = b"".join(struct.pack("=HBBI", *line) for line in system_call_filter(machine))
    buffer = ctypes.create_string_buffer(program, len(program))
    address = ctypes.cast(buffer, ctypes.c_void_p).value or 0
    header = struct.pack("@HP", len(program) // 8, address)
    set_seccomp, filter_mode = 22, 2
    if ctypes.CDLL(None, use_errno=True).prctl(set_seccomp, filter_mode, header, 0, 0) != 0:
        sys.exit(f"system calls could not be filtered: {os.strerror(ctypes.get_errno())}")


def system_call_filter(machine: str) -> list[tuple[int, int, int, int]]:
    """The filter as a program of Linux's packet filter: (operation, lines to skip if true, if false, constant)."""
    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    number, architecture, argument = 0, 4, 16  # places in Linux's struct seccomp_data
    place = list(_ARCHITECTURES).index(machine)

    def refuse(error: int) -> tuple[int, int, int, int]:
        return give, 0, 0, 0x00050000 | error

    allow = (give, 0, 0, 0x7FFF0000)
    lines = [(load, 0, 0, architecture), (equal, 1, 0, _ARCHITECTURES[machine]), refuse(_EPERM), (load, 0, 0, number)]
    if machine == "x86_64":
        lines += [(at_least, 0, 1, 0x40000000), refuse(_EPERM)]  # the same calls under other numbers
    for numbers in _DENIED.values():
        lines += [(equal, 0, 1, numbers[place]), refuse(_EPERM)]
    lines += [(equal, 0, 1, _CLONE3[place]), refuse(_ENOSYS)]  # its flags can't be seen; C libraries then use clone
    lines += [(equal, 0, 4, _CLONE[place]), (load, 0, 0, argument), (any_bit, 0, 1, _NEW_NAMESPACES), refuse(_EPERM)]
    lines += [allow, (equal, 0, 2 + len(_FAMILIES), _SOCKET[place]), (load, 0, 0, argument)]
    lines += [(equal, len(_FAMILIES) - n, 0, family) for n, family in enumerate(_FAMILIES)]
    return [*lines, refuse(_EAFNOSUPPORT), allow]


if __name__ == "__main__":
    main()
