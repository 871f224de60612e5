"""Image data sets under torchvision's names, and the small sets that come with the course."""

from . import utils
from .arrays import SEMEION, STL10, SVHN, USPS, MovingMNIST
from .caltech import Caltech101, Caltech256
from .captions import SBU, Flickr8k, Flickr30k
from .celeba import CelebA
from .cifar import CIFAR10, CIFAR100
from .coco import CocoCaptions, CocoDetection
from .faces import FER2013, WIDERFace
from .fakedata import FakeData
from .folder import DatasetFolder, ImageFolder
from .imagenet import Country211, EuroSAT, ImageNet
from .kinds import (
    DTD,
    GTSRB,
    SUN397,
    CLEVRClassification,
    FGVCAircraft,
    Flowers102,
    Food101,
    Imagenette,
    RenderedSST2,
    StanfordCars,
)
from .lfw import LFWPairs, LFWPeople
from .lsun import LSUN, LSUNClass
from .mnist import EMNIST, KMNIST, MNIST, QMNIST, FashionMNIST
from .omniglot import Omniglot
from .patches import PCAM, PhotoTour
from .pets import INaturalist, OxfordIIITPet
from .places import shipped
from .scenes import Places365
from .small import dates, line, rings, thermometer
from .streets import Cityscapes, Kitti
from .vision import StandardTransform, VisionDataset
from .voc import SBDataset, VOCDetection, VOCSegmentation
from .wrapping import wrap_dataset_for_transforms_v2

__all__ = [
    "CIFAR10",
    "CIFAR100",
    "DTD",
    "EMNIST",
    "FER2013",
    "GTSRB",
    "KMNIST",
    "LSUN",
    "MNIST",
    "PCAM",
    "QMNIST",
    "SBU",
    "SEMEION",
    "STL10",
    "SUN397",
    "SVHN",
    "USPS",
    "CLEVRClassification",
    "Caltech101",
    "Caltech256",
    "CelebA",
    "Cityscapes",
    "CocoCaptions",
    "CocoDetection",
    "Country211",
    "DatasetFolder",
    "EuroSAT",
    "FGVCAircraft",
    "FakeData",
    "FashionMNIST",
    "Flickr8k",
    "Flickr30k",
    "Flowers102",
    "Food101",
    "INaturalist",
    "ImageFolder",
    "ImageNet",
    "Imagenette",
    "Kitti",
    "LFWPairs",
    "LFWPeople",
    "LSUNClass",
    "MovingMNIST",
    "Omniglot",
    "OxfordIIITPet",
    "PhotoTour",
    "Places365",
    "RenderedSST2",
    "SBDataset",
    "StandardTransform",
    "StanfordCars",
    "VOCDetection",
    "VOCSegmentation",
    "VisionDataset",
    "WIDERFace",
    "dates",
    "line",
    "rings",
    "shipped",
    "thermometer",
    "utils",
    "wrap_dataset_for_transforms_v2",
]
