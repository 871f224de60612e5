"""Let code that says ``import torch`` run on this package.

    import tinygrad_edu
    tinygrad_edu.install_as_torch()
    import torch, torchvision            # this package, from here on

or, for a script that stays as it is: ``python -m tinygrad_edu.compat script.py arguments…``
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import dtypes

_PACKAGE = (__package__ or __name__).partition(".")[0]  # also when run as ``python -m``
_SCRIPT = "TINYGRAD_EDU_SCRIPT"  # the environment variable that tells processes which script their parent runs
_STANDS_FOR = "2.13.0"  # the release of torch whose behaviour this package has

# torch's modules that are called differently here, or are a part of another module here
_ELSEWHERE = {
    "torch": "",
    "torch.nn.common_types": "nn.common_types",
    "torch.masked.maskedtensor": "maskedtensor",
    "torch.masked.maskedtensor.core": "maskedtensor",
    "torch.nn.modules": "nn.modules",
    "torch.nn.modules.utils": "nn.tuples",
    "torch.nn.modules.transformer": "nn.transformer",
    "torch.optim.optimizer": "optim.optimizer",
    "torch.distributed.optim": "optim.zero",
    "torch.nn.utils.clip_grad": "nn.utils",
    "torch.nn.utils.convert_parameters": "nn.utils",
    "torch.nn.utils.weight_norm": "nn.utils.reparametrize",
    "torch.nn.utils.spectral_norm": "nn.utils.reparametrize",
    "torch.nn.utils.memory_format": "nn.utils.layout",
    "torch.nn.utils.init": "nn.utils.skip",
    "torch.nn.parallel.scatter_gather": "nn.parallel",
    "torch.nn.parallel.parallel_apply": "nn.parallel",
    "torch.nn.parallel.replicate": "nn.parallel",
    "torch.autograd.profiler": "profiler.autograd",
    "torch.autograd.profiler_util": "profiler.events",
    "torch.profiler.profiler": "profiler.profiler",
    "torch.utils.tensorboard.writer": "utils.tensorboard.writer",
    "torch.utils.data.dataset": "data.dataset",
    **{f"torch.utils.data.datapipes{below}": "data.pipes" for below in ("", ".iter", ".iter.combinatorics")},
    "torch.utils.data.dataloader": "data.loader",
    "torch.utils.data.sampler": "data.sampler",
    "torch.utils.data.distributed": "data.distributed",
    "torch.distributed.distributed_c10d": "distributed",
    "torch.distributed.constants": "distributed",
    "torch.distributed.tensor.placement_types": "distributed.tensor",
    "torch.distributed.tensor._utils": "distributed.tensor",
    "torch.distributed._tensor": "distributed.tensor",  # its name before PyTorch 2.5
    "torch.distributed._tensor.experimental": "distributed.tensor",
    "torch.distributed.tensor.experimental": "distributed.tensor",
    "torch.distributed._functional_collectives": "distributed.functional",
    "torch.distributed.nn.functional": "distributed.nn",
    **{
        f"torch.distributed.{name}": "distributed.absent"
        for name in (
            "algorithms",
            "algorithms.join",
            "fsdp",
            "fsdp.wrap",
            "fsdp.fully_sharded_data_parallel",
            "_composable",
            "_composable.fsdp",
            "checkpoint",
            "checkpoint.hf_storage",
        )
    },
    "torch._functorch.make_functional": "func.old",
    **dict.fromkeys(("torch._functorch", "torch._functorch.apis"), "func"),
    **dict.fromkeys(("torch._functorch.functional_call", "torch._functorch.batch_norm_replacement"), "func.modules"),
    "torch._functorch.eager_transforms": "func.derivatives",
    "torch._C": "overrides",
    "torch._tensor_str": "printing",
    "torch.fx.experimental": "absent",
    "torch.fx.experimental.proxy_tensor": "absent",
    "torch._subclasses": "absent",
    "torch._subclasses.fake_tensor": "absent",
    "torch.nn.attention": "nn.backends",
    "torch.nn.attention.bias": "nn.bias",
    "torch.nn.attention.flex_attention": "nn.flex",
    "torch._higher_order_ops": "func",  # not where the functions are: Python puts what is imported below it into it
    **{f"torch._higher_order_ops.{name}": "func.loops" for name in ("scan", "associative_scan", "map", "foreach_map")},
    **{f"torch._higher_order_ops.{name}": "control" for name in ("cond", "while_loop")},
    "torch.utils.data._utils": "data._utils",
    "torch.utils.data._utils.collate": "data.collate",
    "torch.utils.data._utils.fetch": "data.fetch",
    "torch.utils.data._utils.pin_memory": "data.pin",
    "torch.utils.data._utils.worker": "data.worker",
    "torch.autograd.function": "autograd.function",
    "torch.autograd.variable": "autograd.legacy",
    "torch.autograd.grad_mode": "autograd.modes",
    "torch.autograd.anomaly_mode": "autograd.anomaly",
    "torch.backends.cudnn": "backends.cudnn",
    "torch._dynamo": "compiler",
    "torch._dynamo._trace_wrapped_higher_order_op": "func.batch",
    "torch._logging": "compiler",
    "torch.__config__": "backends",
    "torch.__future__": "future",
    "torch.futures": "jit.futures",
    "torch.fx.graph_module": "fx.module",
    "torch.fx._symbolic_trace": "fx.tracer",
    "torch.jit._script": "jit",
    "torch.jit._trace": "jit",
    "torch._dynamo.eval_frame": "nn.compiled",
    "torch.cuda.amp": "amp.old",
    "torch.cuda.amp.autocast_mode": "amp.old",
    "torch.cuda.amp.grad_scaler": "amp.old",
    "torch.serialization": "io",
    "torch._utils": "utils",
    "functorch": "func.old",
    "torchvision": "vision",
    "torchvision.transforms.transforms": "vision.transforms",
    "torchvision.transforms.autoaugment": "vision.transforms",
    "torchvision.transforms._presets": "vision.transforms.presets",
    "torchvision.ops.stochastic_depth": "vision.ops.misc",
    "torchvision.ops.feature_pyramid_network": "vision.ops.pyramid",
    **dict.fromkeys(
        ("torchvision.ops.roi_align", "torchvision.ops.roi_pool", "torchvision.ops.poolers"), "vision.ops.regions"
    ),
    "torchvision.ops.ps_roi_align": "vision.ops.position_sensitive",
    "torchvision.ops.ps_roi_pool": "vision.ops.position_sensitive",
    **{
        f"torchvision.ops.{file}": "vision.ops.losses" for file in ("focal_loss", "giou_loss", "diou_loss", "ciou_loss")
    },
    "torchvision.ops.drop_block": "vision.ops.misc",
    "torchvision.models.mobilenetv2": "vision.models.mobilenet",
    **{
        f"torchvision.models.segmentation.{file}": "vision.models.segmentation"
        for file in ("deeplabv3", "fcn", "lraspp")
    },
    "torchvision.models.segmentation._utils": "vision.models.segmentation",
    "torchvision.models.feature_extraction": "fx.features",
    "torchvision.io.image": "vision.io",
    "torchvision.transforms._functional_pil": "vision.transforms.functional",
    "torchvision.transforms._functional_tensor": "vision.transforms.functional",
    "torchvision.transforms.v2._utils": "vision.transforms.v2",
    "torchvision.version": "vision",
    "torchvision.models.vision_transformer": "vision.models.vit",
    "torchvision.models._api": "vision.models.pretrained",
}
_TV_FILES = {
    "BoundingBoxFormat": "_bounding_boxes",
    "BoundingBoxes": "_bounding_boxes",
    "Image": "_image",
    "KeyPoints": "_keypoints",
    "Mask": "_mask",
    "TVTensor": "_tv_tensor",
    "Video": "_video",
}  # fmt: skip  where torchvision has its kinds of tensors
_ELSEWHERE |= {f"torchvision.tv_tensors.{file}": "vision.tv_tensors" for file in _TV_FILES.values()}
# data sets that torchvision has in a file each
_TV_DATASETS = {
    "arrays": ("svhn", "stl10", "usps", "semeion", "moving_mnist"),
    "captions": ("flickr", "sbu"),
    "faces": ("fer2013", "widerface"),
    "imagenet": ("country211", "eurosat"),
    "kinds": (
        "clevr", "dtd", "fgvc_aircraft", "flowers102", "food101", "gtsrb", "imagenette", "rendered_sst2", "stanford_cars",
        "sun397",
    ),
    "patches": ("pcam", "phototour"),
    "pets": ("inaturalist", "oxford_iiit_pet"),
    "scenes": ("places365",),
    "streets": ("cityscapes", "kitti"),
    "voc": ("sbd",),
}  # fmt: skip
_ELSEWHERE |= {
    f"torchvision.datasets.{file}": f"vision.datasets.{ours}" for ours, files in _TV_DATASETS.items() for file in files
}
# files of vision that torchvision calls otherwise
_TV_ROOMS = {
    "models.vit": "models.vision_transformer",
    "transforms.auto": "transforms.autoaugment",
    "transforms.images": "transforms.functional",
    "transforms.mixtures": "transforms.transforms",
    "transforms.random": "transforms.transforms",
}
# distributions whose file is not called as they are
_OTHER_FILES = {
    "StudentT": "studentT", "FisherSnedecor": "fishersnedecor", "LowRankMultivariateNormal": "lowrank_multivariate_normal",
    "RelaxedOneHotCategorical": "relaxed_categorical", "OneHotCategoricalStraightThrough": "one_hot_categorical",
    "ExponentialFamily": "exp_family", "LKJCholesky": "lkj_cholesky",
}  # fmt: skip
_ELSEWHERE |= {f"torch.distributions.{file}": "distributions" for file in _OTHER_FILES.values()}
# rooms whose classes torch has in a file each: ``torch.optim.adam``, ``torch.distributions.normal``
_ONE_FILE_A_CLASS = ("optim", "distributions")


def _ours(name: str) -> types.ModuleType | None:
    """Our module for torch's module ``name``; None where there is none."""
    if name in ("torch.mps", "torch.xpu", "torch.mtia"):
        found: types.ModuleType = getattr(importlib.import_module(f"{_PACKAGE}.absent"), name.removeprefix("torch."))
        return found
    if name in _ELSEWHERE:
        room = _ELSEWHERE[name]
    elif name.startswith("torch.nn.modules."):
        room = "nn"  # every class of torch.nn.modules.linear and so on is in nn
    else:
        head, _, rest = name.partition(".")
        within, _, file = rest.rpartition(".")
        if head == "torch" and within in _ONE_FILE_A_CLASS:
            package = importlib.import_module(f"{_PACKAGE}.{within}")
            if any(file == each.lower() or file == _snake(each) for each in package.__all__ if each[0].isupper()):
                return package
        room = (
            f"vision.{rest}"
            if head == "torchvision"
            else rest.removeprefix("utils.")
            if rest.startswith("utils.data")
            else rest
        )
        if rest.partition(".")[0] not in (*_PUBLIC, "") and head == "torch":
            return None
    try:
        return importlib.import_module(f"{_PACKAGE}.{room}".rstrip("."))
    except ModuleNotFoundError as error:
        if error.name is not None and not error.name.startswith(_PACKAGE):
            raise  # a library that our module needs
        return None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


_PUBLIC = (
    "accelerator", "amp", "autograd", "backends", "compiler", "cpu", "cuda", "distributed", "distributions", "fft", "func",
    "functional", "fx", "hub", "jit", "library", "linalg", "masked", "multiprocessing", "nn", "onnx", "optim", "overrides", "profiler",
    "quasirandom", "random", "return_types", "signal", "sparse", "special", "storage", "testing", "torch_version", "types", "utils",
    "version",
)  # fmt: skip


def _name_as_torch(module: types.ModuleType) -> None:
    """Let a module of ours bear the name of torch's, as in: module "torch.nn" has no attribute …"""
    package, _, room = module.__name__.partition(".")
    head, _, rest = room.partition(".")
    if package != _PACKAGE or head not in (*_PUBLIC, "data", "vision"):
        return
    place = {"data": "torch.utils.data", "vision": "torchvision"}.get(head, f"torch.{head}")
    module.__name__ = f"{place}.{rest}".rstrip(".")


class _KeepsFunctions(types.ModuleType):
    """A module in which a function stays when Python puts the file of the same name there: nn.utils.spectral_norm."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not isinstance(value, types.ModuleType) or isinstance(vars(self).get(name, value), types.ModuleType):
            super().__setattr__(name, value)


def _open_files(module: types.ModuleType, place: str) -> None:
    """Let a module hand out those below it that are called otherwise here, as torch's do that have been imported with torch."""
    before = vars(module).get("__getattr__")
    places: set[str] = getattr(before, "places", set())
    places.add(place)
    if hasattr(before, "places"):
        return

    def look(name: str) -> Any:
        for file in (f"{each}.{name}" for each in places):
            if file in _ELSEWHERE:
                return importlib.import_module(file)
        if before is not None:
            return before(name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    look.places = places  # type: ignore[attr-defined]
    vars(module)["__getattr__"] = look


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers every import of torch, torchvision and what is below them."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name.partition(".")[0] not in ("torch", "torchvision", "functorch"):
            return None
        if _ours(name) is None:
            raise ModuleNotFoundError(
                f"No module named {name!r}: {_PACKAGE} stands in for torch here (install_as_torch) and does not have it",
                name=name,
            )
        return importlib.machinery.ModuleSpec(name, self)

    def create_module(self, spec: Any) -> None:
        return None

    def exec_module(self, module: types.ModuleType) -> None:
        found = _ours(module.__name__)
        assert found is not None
        if not hasattr(found, "__path__"):
            found.__path__ = []  # torch has a folder where we have a file, and modules in it: torchvision.ops.misc
        _name_as_torch(found)
        _open_files(found, module.__name__)
        sys.modules[module.__name__] = found  # the import system hands out what it finds here
        if module.__name__.startswith("torchvision"):
            _show_vision_names()
        above, _, name = module.__name__.rpartition(".")
        parent = sys.modules.get(above)
        if parent is not None and not isinstance(vars(parent).get(name, parent), types.ModuleType):
            parent.__class__ = _KeepsFunctions


def install_as_torch() -> types.ModuleType:
    """From now on ``import torch`` and ``import torchvision`` give this package. Returns it.

    Things print under torch's names (``torch.float32``). RuntimeError when the real torch has been imported already.
    """
    package = sys.modules[_PACKAGE]
    present = sys.modules.get("torch")
    if present is package:
        return package
    if present is not None:
        raise RuntimeError(
            "torch has been imported already, and parts of it are in use: call install_as_torch() before anything imports "
            "torch (in a notebook: restart the kernel first)"
        )
    sys.meta_path.insert(0, _Finder())
    sys.modules["torch"] = package
    package.__name__ = "torch"
    sys.modules["torchvision"] = importlib.import_module(f"{_PACKAGE}.vision")
    dtypes.module_name = "torch"
    version = f"{_STANDS_FOR}+{_PACKAGE}.{package.__version__}".replace("_", ".")  # type: ignore[attr-defined]
    package.__version__ = importlib.import_module(f"{_PACKAGE}.torch_version").TorchVersion(version)  # type: ignore[attr-defined]
    _show_torch_names()
    _hide_files()
    return package


# where torch's files are no names: ``nn.linear`` is an AttributeError; the modules that are names there
_WITHOUT_FILES = {
    "nn": ("functional", "grad", "init", "modules", "parallel", "parameter", "utils"),
    "optim": ("lr_scheduler", "swa_utils"),
}


def _hide_files() -> None:
    for room, shown in _WITHOUT_FILES.items():
        package = importlib.import_module(f"{_PACKAGE}.{room}")
        for name, value in list(vars(package).items()):
            ours = isinstance(value, types.ModuleType) and value is sys.modules.get(f"{_PACKAGE}.{room}.{name}")
            if ours and name not in shown:
                delattr(package, name)
    for place in {name.rpartition(".")[0] for name in _ELSEWHERE} - {""}:
        head, _, rest = place.partition(".")
        rest = f"vision.{rest}" if head == "torchvision" else rest.replace("utils.data", "data")
        room = f"{_PACKAGE}.{_ELSEWHERE.get(place, rest)}".rstrip(".")
        if room in sys.modules:
            _open_files(sys.modules[room], place)
    autograd = importlib.import_module(f"{_PACKAGE}.autograd")
    autograd.variable = importlib.import_module(f"{_PACKAGE}.autograd.legacy").refused  # type: ignore[attr-defined]
    for found in vars(importlib.import_module(f"{_PACKAGE}.nn.functional")).values():
        if isinstance(found, types.FunctionType) and found.__module__ == f"{_PACKAGE}.nn.functional":
            found.__module__ = "torch.nn.functional"
    del sys.modules["torch"].size


def _file(cls: type, **other: str) -> str:
    name = cls.__module__.rpartition(".")[2]
    return other.get(name, name)


# room → the module in which torch defines one of its classes
_PLACES: dict[str, Callable[[type], str]] = {
    "optim": lambda c: f"torch.optim.{c.__name__.lower()}",
    "amp": lambda c: f"torch.{c.__module__.partition('.')[2]}",
    "optim.lr_scheduler": lambda c: "torch.optim.lr_scheduler",
    "data": lambda c: f"torch.utils.data.{_file(c, loader='dataloader')}",
    "autograd": lambda c: f"torch.autograd.{_file(c, modes='grad_mode', anomaly='anomaly_mode', legacy='variable')}",
    "distributions": lambda c: f"torch.distributions.{_distribution_file(c)}",
    "fx": lambda c: f"torch.fx.{_file(c, module='graph_module', tracer='_symbolic_trace')}",
    "jit": lambda c: f"torch.jit{'._trace' if 'Trac' in c.__name__ else '._script' if 'Module' in c.__name__ else ''}",
}


def _distribution_file(cls: type) -> str:
    return (
        "transforms" if cls.__module__.endswith(".transforms") else _OTHER_FILES.get(cls.__name__, _snake(cls.__name__))
    )


def _show_torch_names() -> None:
    """Classes tell torch's module when they are printed: ``<class 'torch.Tensor'>``."""
    for room, place_of in _PLACES.items():
        for found in vars(importlib.import_module(f"{_PACKAGE}.{room}")).values():
            if isinstance(found, type) and found.__module__.startswith(f"{_PACKAGE}.{room}."):
                found.__module__ = place_of(found)
    for room in (
        "nn.utils.prune",
        "nn.utils.parametrize",
        "nn.utils.rnn",
        "optim.swa_utils",
        "autograd.function",
        "autograd.graph",
        "profiler.profiler",
    ):
        for found in vars(importlib.import_module(f"{_PACKAGE}.{room}")).values():
            if isinstance(found, type) and found.__module__ == f"{_PACKAGE}.{room}":
                found.__module__ = f"torch.{room}"
    old = importlib.import_module(f"{_PACKAGE}.amp.old")
    for cls, file in ((old.autocast, "autocast_mode"), (old.GradScaler, "grad_scaler")):
        cls.__module__ = f"torch.cuda.amp.{file}"
    for file, own in (
        ("loader", "LoaderIterator"),
        ("loader", "SingleProcessIterator"),
        ("processes", "WorkerIterator"),
    ):
        cls = getattr(importlib.import_module(f"{_PACKAGE}.data.{file}"), own)
        cls.__module__, cls.__name__, cls.__qualname__ = "torch.utils.data.dataloader", cls.shown, cls.shown
    nn = importlib.import_module(f"{_PACKAGE}.nn")
    for name in ("OutOfMemoryError", "AcceleratorError"):
        getattr(importlib.import_module(f"{_PACKAGE}.backend.errors"), name).__module__ = "torch"
    importlib.import_module(f"{_PACKAGE}.nn.compiled").OptimizedModule.__module__ = "torch._dynamo.eval_frame"
    hooks = importlib.import_module(f"{_PACKAGE}.nn.hooks")
    hooks.RemovableHandle.__module__ = "torch.utils.hooks"
    importlib.import_module(f"{_PACKAGE}.maskedtensor").MaskedTensor.__module__ = "torch.masked.maskedtensor.core"
    importlib.import_module(f"{_PACKAGE}.tensor").Tensor.__module__ = "torch"
    importlib.import_module(f"{_PACKAGE}.random").Generator.__module__ = "torch._C"
    storage = importlib.import_module(f"{_PACKAGE}.storage")
    storage.TypedStorage.__module__ = storage.UntypedStorage.__module__ = "torch.storage"
    for op in importlib.import_module(f"{_PACKAGE}.autograd.op").Op.table.values():
        op.Node.__module__ = "builtins"  # <class 'AddBackward0'>
    for module in [found for name, found in sys.modules.items() if name.startswith(f"{_PACKAGE}.")]:
        _name_as_torch(module)
    _show_vision_names()
    for name, file in _TV_FILES.items():
        getattr(
            importlib.import_module(f"{_PACKAGE}.vision.tv_tensors"), name
        ).__module__ = f"torchvision.tv_tensors.{file}"
    names = importlib.import_module(f"{_PACKAGE}.io.names")
    for name, place in names._nn_places().items():
        found = getattr(nn, name, None)
        if isinstance(found, type):
            found.__module__ = place


def _show_vision_names() -> None:
    """The classes of vision that have been loaded so far tell torchvision's module."""
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{_PACKAGE}.vision."):
            room = name.removeprefix(f"{_PACKAGE}.vision.")
            for found in vars(module).values():
                if isinstance(found, type) and found.__module__ == name:
                    found.__module__ = f"torchvision.{_tv_place(room, found.__name__)}"


def _tv_place(room: str, name: str) -> str:
    """The module of torchvision's that has the class `name` of our room."""
    for file in _TV_DATASETS.get(room.removeprefix("datasets."), ()):
        if name.lower().startswith(file.replace("_", "")):
            return f"datasets.{file}"
    return _TV_ROOMS.get(room, room)


def main(arguments: list[str]) -> None:
    """Run a script with this package as torch."""
    if not arguments:
        raise SystemExit("usage: python -m tinygrad_edu.compat script.py [arguments]")
    install_as_torch()
    path = Path(arguments[0])
    sys.argv = arguments
    sys.path.insert(0, str(path.resolve().parent))
    program = types.ModuleType("__main__")
    program.__file__ = str(path)
    # by this name a process that the script starts ("spawn") knows what to run first: this file, see below
    program.__spec__ = importlib.machinery.ModuleSpec(f"{_PACKAGE}.compat", None)
    sys.modules["__main__"] = program
    os.environ[_SCRIPT] = str(path.resolve())
    _run_in(vars(program), path)


def _run_in(names: dict[str, Any], path: Path) -> None:
    exec(compile(path.read_bytes(), str(path), "exec", dont_inherit=True), names)


if __name__ == "__main__":
    importlib.import_module(f"{_PACKAGE}.compat").main(sys.argv[1:])
elif __name__ == "__mp_main__":
    # in a process that multiprocessing has started: the script's functions, under this name
    importlib.import_module(f"{_PACKAGE}.compat").install_as_torch()
    _run_in(globals(), Path(os.environ[_SCRIPT]))
