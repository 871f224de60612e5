"""Fetching, checking, unpacking: the helpers that data sets of your own need. torchvision's names."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ...utils.download import download, file_checksum
from .archives import MAX_BYTES, extract_archive

__all__ = [
    "calculate_md5", "check_integrity", "check_md5", "download_and_extract_archive", "download_file_from_google_drive",
    "download_url", "extract_archive", "iterable_to_str", "list_dir", "list_files", "verify_str_arg",
]  # fmt: skip

Name = str | os.PathLike[str]
KNOWN_BYTES = 1 << 40  # a file whose checksum is known may be as large as the largest data sets are …
KNOWN_MEMBERS = 1 << 25  # … and hold as many pictures


def calculate_md5(fpath: Name) -> str:
    """The MD5 checksum of a file, in hexadecimal digits."""
    return file_checksum(fpath, "md5")


def check_md5(fpath: Name, md5: str) -> bool:
    return md5 == calculate_md5(fpath)


def check_integrity(fpath: Name, md5: str | None = None) -> bool:
    """Whether the file is there, and has the checksum if one is given."""
    return os.path.isfile(fpath) and (md5 is None or check_md5(fpath, md5))


def download_url(url: str, root: Name, filename: Name | None = None, md5: str | None = None) -> None:
    """Fetch a file into the folder ``root``, unless it is there already and right. See `utils.download.download`."""
    path = Path(os.path.expanduser(root), filename or os.path.basename(url))
    if check_integrity(path, md5):
        return
    if md5 is None:
        download([url], path, None, max_bytes=MAX_BYTES)
    else:
        download([url], path, f"md5:{md5}", max_bytes=KNOWN_BYTES)


def download_file_from_google_drive(
    file_id: str, root: Name, filename: Name | None = None, md5: str | None = None
) -> None:
    """Fetch a file that Google Drive keeps. RuntimeError without the package gdown, and for a file with another checksum."""
    try:
        import gdown
    except ModuleNotFoundError:
        raise RuntimeError(
            "To download files from GDrive, 'gdown' is required. You can install it with 'pip install gdown'."
        ) from None
    path = os.path.join(os.path.expanduser(root), filename or file_id)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    if check_integrity(path, md5):
        return
    gdown.download(id=file_id, output=path, quiet=False)
    if not check_integrity(path, md5):
        raise RuntimeError("File not found or corrupted.")


def download_and_extract_archive(
    url: str,
    download_root: Name,
    extract_root: Name | None = None,
    filename: Name | None = None,
    md5: str | None = None,
    remove_finished: bool = False,
) -> None:
    """`download_url`, then `extract_archive` (into the same folder if no other is named)."""
    folder = os.path.expanduser(download_root)
    name = filename or os.path.basename(url)
    download_url(url, folder, name, md5)
    known = {} if md5 is None else {"max_bytes": KNOWN_BYTES, "max_members": KNOWN_MEMBERS}
    extract_archive(os.path.join(folder, name), extract_root or folder, remove_finished, **known)


def list_dir(root: Name, prefix: bool = False) -> list[str]:
    """The folders in a folder, with ``prefix`` as paths."""
    root = os.path.expanduser(root)
    found = [name for name in os.listdir(root) if os.path.isdir(os.path.join(root, name))]
    return [os.path.join(root, name) for name in found] if prefix else found


def list_files(root: Name, suffix: str | tuple[str, ...], prefix: bool = False) -> list[str]:
    """The files in a folder whose names end in ``suffix``, with ``prefix`` as paths."""
    root = os.path.expanduser(root)
    names = [name for name in os.listdir(root) if name.endswith(suffix)]
    found = [name for name in names if os.path.isfile(os.path.join(root, name))]
    return [os.path.join(root, name) for name in found] if prefix else found


def verify_str_arg(
    value: Any, arg: str | None = None, valid_values: Iterable[str] | None = None, custom_msg: str | None = None
) -> Any:
    """``value``; ValueError unless it is a string, and one of ``valid_values``.

    >>> verify_str_arg("train", "split", ("train", "test"))
    'train'
    """
    if not isinstance(value, str):
        where = "" if arg is None else f" for argument {arg}"
        raise ValueError(f"Expected type str{where}, but got type {type(value)}.")
    if valid_values is not None and value not in valid_values:
        known = iterable_to_str(valid_values)
        raise ValueError(custom_msg or f"Unknown value '{value}' for argument {arg}. Valid values are {{{known}}}.")
    return value


def iterable_to_str(iterable: Iterable[Any]) -> str:
    """The items in quotation marks."""
    return "'" + "', '".join(map(str, iterable)) + "'"
