"""The second version of torchvision's transforms: of whole samples, on PIL images, tensors and `tv_tensors.Image`."""

from . import functional
from .auto import AutoAugment, AutoAugmentPolicy, RandAugment, TrivialAugmentWide
from .base import Transform, query_chw, query_size
from .colour import (
    RGB,
    ColorJitter,
    GaussianBlur,
    GaussianNoise,
    Grayscale,
    RandomAdjustSharpness,
    RandomAutocontrast,
    RandomChannelPermutation,
    RandomEqualize,
    RandomGrayscale,
    RandomInvert,
    RandomPhotometricDistort,
    RandomPosterize,
    RandomSolarize,
)
from .containers import Compose, Identity, Lambda, RandomApply, RandomChoice, RandomOrder
from .conversion import (
    ConvertImageDtype,
    Normalize,
    PILToTensor,
    ToDtype,
    ToImage,
    ToPILImage,
    ToPureTensor,
    ToTensor,
)
from .functional import InterpolationMode
from .geometry import (
    CenterCrop,
    ElasticTransform,
    FiveCrop,
    Pad,
    RandomAffine,
    RandomCrop,
    RandomErasing,
    RandomHorizontalFlip,
    RandomPerspective,
    RandomResize,
    RandomResizedCrop,
    RandomRotation,
    RandomVerticalFlip,
    RandomZoomOut,
    Resize,
    TenCrop,
)
from .mixing import CutMix, MixUp
