"""Trained weights: where they are, how they are fetched and checked, and the register of models that take them."""

from __future__ import annotations

import fnmatch
import functools
import importlib
import inspect
import os
import re
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from ... import hub, nn
from ...io import load, load_safetensors
from ...utils.download import download
from ..transforms.functional import InterpolationMode
from ..transforms.presets import ImageClassification

Model = TypeVar("Model", bound=nn.Module)
Needs = dict[str, Any] | Callable[[Any], dict[str, Any]] | None
LOCAL_SUFFIXES = (".pt", ".pth", ".bin", ".safetensors")


@dataclass(frozen=True)
class Weights:
    """One set of trained weights: where the file is, what its images go through first, and facts about it."""

    url: str
    transforms: Callable[[], nn.Module]
    meta: Mapping[str, Any]

    __hash__ = object.__hash__


class WeightsEnum(Enum):
    """The base of a model's sets of weights; ``DEFAULT`` is the best of them."""

    @classmethod
    def verify(cls, obj: Any) -> Any:
        """A member, given as itself or by name, or None."""
        if type(obj) is str:
            return cls[obj.replace(cls.__name__ + ".", "")]
        if obj is not None and not isinstance(obj, cls):
            raise TypeError(
                f"Invalid Weight class provided; expected {cls.__name__} but received {type(obj).__name__}."
            )
        return obj

    def get_state_dict(self, progress: bool = True, check_hash: bool = False) -> Mapping[str, Any]:
        """The weights, from `checkpoint_folder` if the file is there, else from the network.

        The first eight digits of the file's SHA-256 stand in its name; what is downloaded is always compared with them.
        """
        name = self.url.rpartition("/")[2]
        path = checkpoint_folder() / name
        if not path.is_file():
            if progress:
                print(f'Downloading: "{self.url}" to {path}')
            digits = re.search(r"-([0-9a-f]{8,})\.", name)
            download([self.url], path, f"sha256:{digits[1]}" if digits else None)
        return read_state_dict(path)

    def __repr__(self) -> str:
        return f"{type(self).__name__}.{self.name}"

    @property
    def url(self) -> str:
        return self.value.url

    @property
    def transforms(self) -> Callable[[], ImageClassification]:
        return self.value.transforms

    @property
    def meta(self) -> Mapping[str, Any]:
        return self.value.meta


def imagenet(
    file: str, num_params: int, min_size: int, accuracy: tuple[float, float], resize_size: int = 256, crop_size: int = 224,
    interpolation: str = "bilinear", **normalization: Any,
) -> Weights:  # fmt: skip
    """A set trained on ImageNet's 1,000 classes, with its accuracy (top 1, top 5) on the validation images."""
    return Weights(
        url=f"https://download.pytorch.org/models/{file}",
        transforms=functools.partial(
            ImageClassification,
            crop_size=crop_size,
            resize_size=resize_size,
            interpolation=InterpolationMode(interpolation),
            **normalization,
        ),
        meta={
            "num_params": num_params,
            "min_size": (min_size, min_size),
            "num_classes": 1000,
            "_metrics": {"ImageNet-1K": {"acc@1": accuracy[0], "acc@5": accuracy[1]}},
        },
    )


def swag(file: str, num_params: int, size: int, accuracy: tuple[float, float], least: int | None = None) -> Weights:
    """A set trained on other images by their hashtags first (Singh and others, 2022)."""
    return imagenet(file, num_params, size if least is None else least, accuracy, size, size, "bicubic")


def checkpoint_folder() -> Path:
    """Where torch keeps downloaded weights: ``checkpoints`` in `hub.get_dir`."""
    return Path(hub.get_dir(), "checkpoints")


def read_state_dict(path: str | os.PathLike[str]) -> Mapping[str, Any]:
    """The weights in a file: safetensors, or torch's format (nothing in it is executed).

    A training checkpoint that keeps them under ``"state_dict"`` or ``"model"`` will do. Raises RuntimeError when there
    are none.
    """
    content = load_safetensors(path) if Path(path).suffix == ".safetensors" else load(path, map_location="cpu")
    for key in ("state_dict", "model_state_dict", "model"):
        if isinstance(content, Mapping) and isinstance(content.get(key), Mapping):
            content = content[key]
    if not isinstance(content, Mapping):
        raise RuntimeError(
            f"{path} holds a {type(content).__name__}; expected a state_dict, as model.state_dict() gives and save writes"
        )
    return content


# -------------------------------------------------------------------------------------- the register of models
_builders: dict[str, Callable[..., Any]] = {}


def builder(
    sets: type[WeightsEnum], *, needs: Needs = None, helpers: bool | None = None,
    finish: Callable[[Any, WeightsEnum], None] | None = None, **trained: Any,
) -> Callable[[Callable[..., Model]], Callable[..., Model]]:  # fmt: skip
    """A decorator for ``function(**arguments) -> model``: registers it and gives it ``weights`` and ``progress``.

    ``weights`` is a member of ``sets``, its name, or the path of a file. Older spellings are understood with a warning:
    ``pretrained=True`` and positional arguments. ``trained``: arguments that trained weights come with; ``needs``: those
    that they cannot do without, or a function from the set to them. ``helpers``: whether helper outputs stay when nobody
    asks for them with ``aux_logits``. ``finish``: what else is done to a model that has its set of weights.
    """

    def decorate(function: Callable[..., Model]) -> Callable[..., Model]:
        @functools.wraps(function)
        def build(*args: Any, **kwargs: Any) -> Model:
            if args:
                kwargs.update(_by_position(function.__name__, args))
            chosen = kwargs.pop("weights", None)
            if "pretrained" in kwargs or not isinstance(chosen, (type(None), str, os.PathLike, Enum)):
                chosen = _legacy(sets, chosen, kwargs)
            kwargs.setdefault("progress", True)
            progress = kwargs.pop("progress")
            if chosen is None:
                return function(**kwargs)
            keeps: bool | None = None
            member: WeightsEnum | None = None
            if isinstance(chosen, os.PathLike) or (isinstance(chosen, str) and chosen.endswith(LOCAL_SUFFIXES)):
                state = read_state_dict(chosen)
                if "weights_backbone" in trained:  # the file has the backbone's too: none are to be fetched
                    kwargs.setdefault("weights_backbone", None)
            else:
                member = sets.verify(chosen)
                keeps = kwargs.get("aux_logits", helpers)
                needed = needs(member) if callable(needs) else needs or {}
                for key, value in {"num_classes": member.meta["num_classes"], **needed}.items():
                    if kwargs.get(key) is None:
                        kwargs[key] = value
                    if kwargs[key] != value:
                        raise ValueError(f"The parameter '{key}' expected value {value} but got {kwargs[key]} instead.")
                kwargs = {**trained, **kwargs}
                state = member.get_state_dict(progress=progress)
            model = function(**kwargs)
            model.load_state_dict(state)
            if keeps is False:
                model.without_helpers()  # type: ignore[operator]
            if finish is not None and member is not None:
                finish(model, member)
            return model

        build.weights = sets  # type: ignore[attr-defined]
        build.__doc__ = f"{(function.__doc__ or '').rstrip()} ``weights``: a member of `{sets.__name__}` or a file."
        return _register(build)

    return decorate


def _register(build: Callable[..., Model]) -> Callable[..., Model]:
    _builders[build.__name__] = build
    return build


def register_model(name: str | None = None) -> Callable[[Callable[..., Model]], Callable[..., Model]]:
    """A decorator for a function that makes a model of your own: `get_model` and `list_models` know it then."""

    def register(build: Callable[..., Model]) -> Callable[..., Model]:
        key = build.__name__ if name is None else name
        if key in _builders:
            raise ValueError(f"An entry is already registered under the name '{key}'.")
        _builders[key] = build
        return build

    return register


def _by_position(name: str, args: tuple[Any, ...]) -> dict[str, Any]:
    if len(args) > 2:
        raise TypeError(f"{name}() takes 0 positional arguments but {len(args)} were given")
    given = dict(zip(("weights", "progress"), args, strict=False))
    names = " and ".join(f"'{key}'" for key in given)
    warnings.warn(
        f"Using {names} as positional parameter(s) is deprecated since 0.13 and may be removed in the future. Please use "
        "keyword parameter(s) instead.",
        stacklevel=4,
    )
    return given


def _legacy(sets: type[WeightsEnum], chosen: Any, kwargs: dict[str, Any]) -> WeightsEnum | None:
    """What ``pretrained=…`` or ``weights=True`` stand for."""
    if "pretrained" in kwargs:
        chosen = kwargs.pop("pretrained")
        warnings.warn(
            "The parameter 'pretrained' is deprecated since 0.13 and may be removed in the future, please use 'weights' "
            "instead.",
            stacklevel=3,
        )
    member = next(iter(sets)) if chosen else None
    warnings.warn(legacy_text("weights", member), stacklevel=3)
    return member


def legacy_text(parameter: str, member: WeightsEnum | None) -> str:
    """What is said of arguments that are not sets of weights."""
    text = (
        f"Arguments other than a weight enum or `None` for '{parameter}' are deprecated since 0.13 and may be removed in the "
        f"future. The current behavior is equivalent to passing `{parameter}={member}`."
    )
    if member is not None:
        text += f" You can also use `{parameter}={type(member).__name__}.DEFAULT` to get the most up-to-date weights."
    return text


def _in_room(file: str, module: ModuleType | None) -> bool:
    """Whether a model's file is (in) the module; those that have a module of their own are in no other."""
    if module is None:
        return True
    name = module.__name__ if module.__spec__ is None else module.__spec__.name  # `install_as_torch` changes the first
    if file == name:
        return True
    return file.rpartition(".")[0] == name and not file.endswith(".segmentation")


def list_models(
    module: ModuleType | None = None,
    include: Iterable[str] | str | None = None,
    exclude: Iterable[str] | str | None = None,
) -> list[str]:
    """The names of the models, those that match a pattern of ``include`` and none of ``exclude``.

    >>> from tinygrad_edu.vision import models
    >>> models.list_models(include="resnet*", exclude="*1*")
    ['resnet34', 'resnet50']
    """

    def patterns(given: Iterable[str] | str | None) -> list[str]:
        return [given] if isinstance(given, str) else list(given or ())

    names = {n for n, b in _builders.items() if _in_room(b.__module__, module)}
    wanted = {n for pattern in patterns(include) for n in fnmatch.filter(names, pattern)} if include else names
    return sorted(wanted - {n for pattern in patterns(exclude) for n in fnmatch.filter(names, pattern)})


def get_model_builder(name: str) -> Callable[..., Any]:
    """The function that makes the model of this name."""
    try:
        return _builders[name.lower()]
    except KeyError:
        raise ValueError(f"Unknown model {name.lower()}") from None


def get_model(name: str, **config: Any) -> Any:
    """A new model by name, with its function's arguments."""
    return get_model_builder(name)(**config)


def get_model_weights(name: Callable[..., Any] | str) -> type[WeightsEnum]:
    """The sets of weights that there are for a model."""
    build = get_model_builder(name) if isinstance(name, str) else name
    if not hasattr(build, "weights"):
        raise ValueError("The method is missing the 'weights' argument.")
    return build.weights


def get_weight(name: str) -> WeightsEnum:
    """One set of weights by its full name, as ``"ResNet50_Weights.IMAGENET1K_V1"``."""
    kind, dot, member = name.partition(".")
    if not dot or "." in member:
        raise ValueError(f"Invalid weight name provided: '{name}'.")
    names = (__package__, *(f"{__package__}.{room}" for room in ("segmentation", "detection", "video")))
    rooms = (importlib.import_module(name) for name in names)
    sets = next((vars(room)[kind] for room in rooms if kind in vars(room)), None)
    if not (inspect.isclass(sets) and issubclass(sets, WeightsEnum)):
        raise ValueError(f"The weight enum '{kind}' for the specific method couldn't be retrieved.")
    return sets[member]
