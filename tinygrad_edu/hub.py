"""``torch.hub``: models from folders with a ``hubconf.py``, and files of weights from the network."""

from __future__ import annotations

import errno
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlparse

from .io import LoadError, atomic_write
from .io import load as load_file
from .utils.download import DownloadError, download, file_checksum

HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")
_dir: str | None = None


def get_dir() -> str:
    """The folder of what is downloaded: that of `set_dir`, ``hub`` in $TORCH_HOME, or in ``torch`` in $XDG_CACHE_HOME or ~/.cache."""
    return os.path.join(_get_torch_home(), "hub") if _dir is None else _dir


def _get_torch_home() -> str:
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME", "~/.cache"), "torch")
    return os.path.expanduser(os.environ.get("TORCH_HOME", cache))


def set_dir(d: str | os.PathLike[str]) -> None:
    """Keep what is downloaded in another folder."""
    global _dir
    _dir = os.path.expanduser(d)


# ------------------------------------------------------------------------------------------ files
def download_url_to_file(url: str, dst: str, hash_prefix: str | None = None, progress: bool = True) -> None:
    """Fetch ``url`` into the file ``dst``, which is replaced only when the new one is whole.

    ``hash_prefix``: the first digits of the file's SHA-256; RuntimeError where it has another. What urllib raises for a server that
    is not there (URLError) or refuses (HTTPError) is raised. A broken connection is tried again. The state is shown on stderr.
    """
    path = Path(dst).expanduser()
    if not path.parent.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    if urlparse(url).scheme == "file":
        _copy(unquote(urlparse(url).path), path, hash_prefix)
        if progress:
            _Bar()(1, 1)
        return
    whole_bytes = hash_prefix is not None and len(hash_prefix) >= 8
    try:
        download([url], path, f"sha256:{hash_prefix}" if whole_bytes else None, progress=_Bar() if progress else None)
    except DownloadError as error:
        raise error.cause or error from None


def _copy(source: str, path: Path, hash_prefix: str | None) -> None:
    if hash_prefix is not None and not (found := file_checksum(source)).startswith(hash_prefix):
        raise RuntimeError(f'invalid hash value (expected "{hash_prefix}", got "{found}")')
    with open(source, "rb") as there, atomic_write(path) as here:
        while chunk := there.read(1 << 20):
            here.write(chunk)


class _Bar:
    """How much has come, on one line of stderr."""

    def __call__(self, have: int, total: int | None) -> None:
        sys.stderr.write(f"\r{100 * have / total:.1f}%" if total else f"\r{have:.1f} bytes")
        if have == total:
            sys.stderr.write("\n")
        sys.stderr.flush()


def load_state_dict_from_url(
    url: str,
    model_dir: str | None = None,
    map_location: Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    weights_only: bool = False,
) -> Any:
    """What `load` reads from the file at ``url``, which is kept in ``model_dir`` (``checkpoints`` in `get_dir`) and fetched once.

    With ``check_hash`` the file's name tells the first digits of its SHA-256: ``name-<digits>.pth``. Unless ``weights_only``, a file
    that holds more than tensors and plain containers is read too, which may run code of its own: a warning says so.
    """
    folder = os.path.join(get_dir(), "checkpoints") if model_dir is None else model_dir
    os.makedirs(folder, exist_ok=True)
    name = file_name if file_name is not None else os.path.basename(urlparse(url).path)
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        sys.stdout.write(f'Downloading: "{url}" to {path}\n')
        digits = HASH_REGEX.search(name) if check_hash else None
        download_url_to_file(url, path, digits[1] if digits else None, progress)
    try:
        return load_file(path, map_location, weights_only=True)
    except LoadError:
        if weights_only:
            raise
    return load_file(path, map_location, weights_only=False)


# ------------------------------------------------------------------------------------------ folders
def load(
    repo_or_dir: str,
    model: str,
    *args: Any,
    source: str = "github",
    trust_repo: Any = "check",
    force_reload: bool = False,
    verbose: bool = True,
    skip_validation: bool = False,
    **kwargs: Any,
) -> Any:
    """``model(*args, **kwargs)``, a function of ``hubconf.py`` in a folder (``source="local"``) or a repository.

    Of the repositories on GitHub, ``pytorch/vision`` stands for `vision.models`. Others are not fetched, since that would run code
    from the network: RuntimeError, unless `get_dir` has the folder ``owner_name_branch``.
    """
    source = source.lower()
    if source not in ("github", "local"):
        raise ValueError(f'Unknown source: "{source}". Allowed values: "github" | "local".')
    module = _module_of(repo_or_dir, verbose) if source == "github" else _hubconf(repo_or_dir)
    return _entry(module, model)(*args, **kwargs)


def list(
    github: str,
    force_reload: bool = False,
    skip_validation: bool = False,
    trust_repo: Any = "check",
    verbose: bool = True,
) -> Any:
    """The names that `load` takes of a repository."""
    module = _module_of(github, verbose)
    return [name for name, made in vars(module).items() if callable(made) and not name.startswith("_")]


def help(
    github: str, model: str, force_reload: bool = False, skip_validation: bool = False, trust_repo: Any = "check"
) -> str | None:
    """The docstring of a function of a repository."""
    return _entry(_module_of(github, True), model).__doc__


def _module_of(github: str, verbose: bool) -> ModuleType:
    repository, _, branch = github.partition(":")
    owner, name = repository.split("/")
    if (owner, name) == ("pytorch", "vision"):
        return importlib.import_module(
            f"{__package__}.vision.models"
        )  # at the storey above: imported only when asked for
    for ref in [branch.replace("/", "_")] if branch else ["main", "master"]:
        folder = os.path.join(get_dir(), f"{owner}_{name}_{ref}")
        if os.path.isdir(folder):
            if verbose:
                sys.stderr.write(f"Using cache found in {folder}\n")
            return _hubconf(folder)
    raise RuntimeError(
        f"the repository could not be found in the cache ({get_dir()}), and repositories are not fetched here: get a copy of "
        f"https://github.com/{owner}/{name} and use load(folder, …, source='local')"
    )


def _hubconf(folder: str | os.PathLike[str]) -> ModuleType:
    folder = os.fspath(folder)
    sys.path.insert(0, folder)
    try:
        spec = importlib.util.spec_from_file_location("hubconf.py", os.path.join(folder, "hubconf.py"))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
    finally:
        sys.path.remove(folder)


def _entry(module: ModuleType, model: str) -> Callable[..., Any]:
    if not isinstance(model, str):
        raise ValueError("Invalid input: model should be a string of function name")
    needed = getattr(module, "dependencies", None) or ()
    missing = [
        package for package in needed if package not in sys.modules and importlib.util.find_spec(package) is None
    ]
    if missing:
        raise RuntimeError(f"Missing dependencies: {', '.join(missing)}")
    found = getattr(module, model, None)
    if not callable(found):
        raise RuntimeError(f"Cannot find callable {model} in hubconf")
    return found


__all__ = ["download_url_to_file", "get_dir", "help", "list", "load", "load_state_dict_from_url", "set_dir"]
