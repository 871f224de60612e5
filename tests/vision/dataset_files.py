"""Tiny copies of the files of known data sets, and stand-ins for the packages that read some of them."""

from __future__ import annotations

import bz2
import json
import os
import pickle
import struct
import tarfile
import types
import zipfile
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

Builder = Callable[[Path], None]


def picture(path: Path, seed: int = 0, size: tuple[int, int] = (7, 5), mode: str = "RGB") -> None:
    """A picture of noise; a seed gives the same one each time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = (size[1], size[0], 3) if mode == "RGB" else (size[1], size[0])
    pixels = np.random.default_rng(seed).integers(0, 200, shape, dtype=np.uint8)
    Image.fromarray(pixels).convert(mode).save(path)


def pictures(folder: Path, names: Sequence[str], **options: Any) -> None:
    for seed, name in enumerate(names):
        picture(folder / name, seed, **options)


def text(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def mat(path: Path, **content: Any) -> None:
    """What the stand-in for SciPy reads."""
    text(path, pickle.dumps(content))


def tar(path: Path, folder: Path, mode: str = "w") -> None:
    """An archive of what is in a folder."""
    with tarfile.open(path, mode) as archive:
        for name in sorted(os.listdir(folder)):
            archive.add(folder / name, name)


def zipped(path: Path, folder: Path, under: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted((folder / under).rglob("*")):
            archive.write(file, file.relative_to(folder))


def idx(array: np.ndarray, kind: int = 8) -> bytes:
    array = np.asarray(array)
    return struct.pack(f">{1 + array.ndim}I", (kind << 8) + array.ndim, *array.shape) + array.tobytes()


class Sparse:
    """A sparse matrix as SciPy gives it."""

    def __init__(self, array: np.ndarray) -> None:
        self.array = array

    def toarray(self) -> np.ndarray:
        return self.array


def packages() -> dict[str, types.ModuleType]:
    """Stand-ins by name: scipy.io reads what `mat` writes, h5py .npz files, lmdb folders of files."""

    def module(name: str, **content: Any) -> types.ModuleType:
        made = types.ModuleType(name)
        vars(made).update(content)
        return made

    def loadmat(path: Any, squeeze_me: bool = False) -> Any:
        return pickle.loads(Path(path).read_bytes())

    @contextmanager
    def file(path: Any) -> Any:
        with np.load(path) as content:
            yield content

    scipy_io = module("scipy.io", loadmat=loadmat)
    return {
        "scipy": module("scipy", io=scipy_io),
        "scipy.io": scipy_io,
        "h5py": module("h5py", File=file),
        "lmdb": module("lmdb", open=lambda root, **options: Database(Path(root))),
    }


class Database:
    """Files of a folder as LMDB's environment, transaction and cursor."""

    def __init__(self, folder: Path) -> None:
        self.files = {path.name.encode(): path.read_bytes() for path in sorted(folder.iterdir())}

    @contextmanager
    def begin(self, write: bool) -> Any:
        yield self

    def stat(self) -> dict[str, int]:
        return {"entries": len(self.files)}

    def cursor(self) -> Database:
        return self

    def iternext(self, keys: bool, values: bool) -> Any:
        return iter(self.files)

    def get(self, key: bytes) -> bytes:
        return self.files[key]


def noise(*shape: int, high: int = 256, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, high, shape, dtype=np.uint8)


# ---------------------------------------------------------------------------------------------- sets of small pictures
def svhn(root: Path) -> None:
    for n, part in enumerate(("train", "test", "extra"), start=2):
        mat(root / f"{part}_32x32.mat", X=noise(32, 32, 3, n), y=np.array([[10], [3], [1], [9]][:n], np.uint8))


def stl10(root: Path) -> None:
    folder = root / "stl10_binary"
    for part, n in (("train", 4), ("test", 2), ("unlabeled", 3)):
        text(folder / f"{part}_X.bin", noise(n, 3, 96, 96, seed=n).tobytes())
        text(folder / f"{part}_y.bin", bytes(range(1, n + 1)))
    text(folder / "fold_indices.txt", "0 2 \n1 3 \n3 2 1 \n")
    text(folder / "class_names.txt", "airplane\nbird\ncar\n")


def usps(root: Path) -> None:
    for name, n in (("usps.bz2", 3), ("usps.t.bz2", 2)):
        values = np.random.default_rng(n).uniform(-1, 1, (n, 256))
        lines = [
            f"{label} " + " ".join(f"{i}:{v:.4f}" for i, v in enumerate(row, 1)) for label, row in enumerate(values, 1)
        ]
        root.mkdir(exist_ok=True)
        (root / name).write_bytes(bz2.compress(("\n".join(lines) + "\n").encode()))


def semeion(root: Path) -> None:
    rows = [[*noise(256, high=2, seed=i), *np.eye(10, dtype=int)[digit]] for i, digit in enumerate((3, 0, 9))]
    text(root / "semeion.data", "".join(" ".join(f"{value:.4f}" for value in row) + " \n" for row in rows))


def emnist(root: Path) -> None:
    for split in ("byclass", "bymerge", "balanced", "letters", "digits", "mnist"):
        for part, n in (("train", 3), ("test", 2)):
            start = f"EMNIST/raw/emnist-{split}-{part}"
            text(root / f"{start}-images-idx3-ubyte", idx(noise(n, 28, 28, seed=n)))
            text(root / f"{start}-labels-idx1-ubyte", idx(np.array([1, 0, 9][:n], np.uint8)))


def qmnist(root: Path) -> None:
    for name, n in (("qmnist-train", 2), ("qmnist-test", 10_003), ("xnist", 3)):
        text(root / f"QMNIST/raw/{name}-images-idx3-ubyte", idx(noise(n, 2, 2, seed=n)))
        facts = np.random.default_rng(n).integers(0, 10, (n, 8)).astype(">i4")
        text(root / f"QMNIST/raw/{name}-labels-idx2-int", idx(facts, 0xC))


def moving_mnist(root: Path) -> None:
    (root / "MovingMNIST").mkdir(parents=True)
    np.save(root / "MovingMNIST" / "mnist_test_seq.npy", noise(20, 2, 4, 4))


def pcam(root: Path) -> None:
    (root / "pcam").mkdir(parents=True)
    for part, n in (("train", 3), ("test", 2), ("valid", 1)):
        for what, content in (("x", noise(n, 6, 6, 3)), ("y", noise(n, 1, 1, 1, high=2))):
            with (root / "pcam" / f"camelyonpatch_level_2_split_{part}_{what}.h5").open("wb") as file:
                np.savez(file, **{what: content})


def photo_tour(root: Path) -> None:
    folder = root / "liberty"
    pictures(folder, ["patches0001.bmp", "patches0000.bmp"], size=(128, 64), mode="L")
    text(folder / "info.txt", "".join(f"{i} 0\n" for i in (5, 5, 7, 7)))
    text(folder / "m50_100000_100000_0.txt", "0 5 0 1 5 0 0\n1 5 0 3 7 0 0\n")


# ---------------------------------------------------------------------------------------------- a class each, from lists
def flowers(root: Path) -> None:
    folder = root / "flowers-102"
    pictures(folder / "jpg", [f"image_{i:05d}.jpg" for i in range(1, 7)])
    mat(folder / "imagelabels.mat", labels=np.array([77, 1, 1, 102, 5, 6], np.uint8))
    mat(folder / "setid.mat", trnid=np.array([2, 1, 4]), valid=np.array([3, 5]), tstid=np.array([6, 2]))


def food(root: Path) -> None:
    folder = root / "food-101"
    for part, listed in (
        ("train", {"waffles": ["waffles/12", "waffles/7"], "baklava": ["baklava/3"]}),
        ("test", {"a_b": ["a_b/1"]}),
    ):
        text(folder / "meta" / f"{part}.json", json.dumps(listed))
        pictures(folder / "images", [f"{name}.jpg" for names in listed.values() for name in names])


def cars(root: Path) -> None:
    folder = root / "stanford_cars"
    fields = [("fname", object), ("class", object)]
    for part, listed in (("train", [("00002.jpg", 2), ("00001.jpg", 1)]), ("test", [("00001.jpg", 2)])):
        pictures(folder / f"cars_{part}", [name for name, _ in listed])
        name = "devkit/cars_train_annos.mat" if part == "train" else "cars_test_annos_withlabels.mat"
        mat(folder / name, annotations=np.array(listed, fields))
    mat(
        folder / "devkit" / "cars_meta.mat",
        class_names=np.array(["AM General Hummer SUV 2000", "Acura RL Sedan 2012"], object),
    )


def aircraft(root: Path) -> None:
    data = root / "fgvc-aircraft-2013b" / "data"
    pictures(data / "images", ["0034309.jpg", "0034958.jpg", "1025794.jpg"])
    names = {"variant": ["707-320", "A300 B4"], "family": ["A300", "Boeing 707"], "manufacturer": ["Airbus", "Boeing"]}
    for level, file in (("variant", "variants"), ("family", "families"), ("manufacturer", "manufacturers")):
        text(data / f"{file}.txt", "\n".join(names[level]) + "\n")
        for part in ("train", "val", "trainval", "test"):
            text(data / f"images_{level}_{part}.txt", f"1025794 {names[level][1]}\n0034309 {names[level][0]}\n")


def dtd(root: Path) -> None:
    data = root / "dtd" / "dtd"
    pictures(data / "images", ["zigzagged/zigzagged_0002.jpg", "banded/banded_0004.jpg", "banded/banded_0002.jpg"])
    for part in ("train", "val", "test"):
        text(data / "labels" / f"{part}1.txt", "zigzagged/zigzagged_0002.jpg\nbanded/banded_0002.jpg\n")
        text(data / "labels" / f"{part}7.txt", "banded/banded_0004.jpg\n")


def sun(root: Path) -> None:
    text(root / "SUN397" / "ClassName.txt", "/a/abbey\n/a/apartment_building/outdoor\n")
    pictures(root / "SUN397" / "a", ["abbey/sun_aaa.jpg", "apartment_building/outdoor/sun_bbb.jpg", "abbey/other.jpg"])


def gtsrb(root: Path) -> None:
    folder = root / "gtsrb"
    pictures(folder / "GTSRB" / "Training", ["00001/00000_00000.ppm", "00000/00000_00001.ppm"])
    pictures(folder / "GTSRB" / "Final_Test" / "Images", ["00000.ppm", "00001.ppm"])
    text(folder / "GT-final_test.csv", "Filename;Width;ClassId\n00001.ppm;53; 16\n00000.ppm;53;1\n")


def sst2(root: Path) -> None:
    for part in ("train", "valid", "test"):
        pictures(root / "rendered-sst2" / part, ["positive/0.png", "negative/1.png", "negative/0.png"])


def imagenette(root: Path) -> None:
    for name in ("imagenette2", "imagenette2-160"):
        for part in ("train", "val"):
            pictures(root / name / part, ["n03888257/a.jpeg", "n01440764/b.jpeg", "n01440764/a.JPEG"])


def clevr(root: Path) -> None:
    folder = root / "clevr" / "CLEVR_v1.0"
    for part in ("train", "val", "test"):
        names = [f"CLEVR_{part}_00000{i}.png" for i in (1, 0)]
        pictures(folder / "images" / part, names)
        scenes = [{"image_filename": name, "objects": [{}] * n} for n, name in enumerate(names, 3)]
        text(folder / "scenes" / f"CLEVR_{part}_scenes.json", json.dumps({"scenes": scenes}))


def places(root: Path) -> None:
    text(root / "categories_places365.txt", "/a/airfield 0\n/z/zen_garden 1\n")
    for size in ("large", "256"):
        pictures(root / f"data_{size}_standard", ["a/airfield/0.jpg", "z/zen_garden/1.jpg"])
        pictures(root / f"data_{size}_challenge", ["a/airfield/0.jpg"])
        pictures(root / f"val_{size}", ["v1.jpg"])
        pictures(root / f"test_{size}", ["t1.jpg"])
    text(root / "places365_train_standard.txt", "/z/zen_garden/1.jpg 1\n/a/airfield/0.jpg 0\n")
    text(root / "places365_train_challenge.txt", "/a/airfield/0.jpg 0\n")
    text(root / "places365_val.txt", "v1.jpg 1\n")
    text(root / "places365_test.txt", "t1.jpg\n")


def euro_sat(root: Path) -> None:
    pictures(root / "eurosat" / "2750", ["River/River_1.jpg", "Forest/Forest_1.jpg", "Forest/Forest_2.jpg"])


def country(root: Path) -> None:
    for part in ("train", "valid", "test"):
        pictures(root / "country211" / part, ["DE/a.jpg", "AT/b.jpg"])


def caltech101(root: Path) -> None:
    folder = root / "caltech101"
    pictures(
        folder / "101_ObjectCategories",
        ["crab/image_0001.jpg", "crab/image_0002.jpg", "Faces/image_0001.jpg", "BACKGROUND_Google/x.jpg"],
    )
    for i, name in enumerate(("crab/annotation_0001", "crab/annotation_0002", "Faces_2/annotation_0001")):
        mat(folder / "Annotations" / f"{name}.mat", obj_contour=np.arange(4.0).reshape(2, 2) + i)


def caltech256(root: Path) -> None:
    pictures(
        root / "caltech256" / "256_ObjectCategories",
        ["001.ak47/001_0001.jpg", "002.bear/002_0001.jpg", "002.bear/002_0002.jpg"],
    )
    text(root / "caltech256" / "256_ObjectCategories" / "002.bear" / "RENAME2", "")


def inat_2021(root: Path) -> None:
    kinds = [
        "00000_Animalia_Annelida_Clitellata_Haplotaxida_Lumbricidae_Lumbricus_terrestris",
        "00001_Plantae_A_B_C_D_E_f",
    ]
    for part in ("2021_valid", "2021_train"):
        pictures(root / part, [f"{kinds[0]}/a.jpg", f"{kinds[1]}/b.jpg"])


def inat_2018(root: Path) -> None:
    pictures(root / "2018", ["Plantae/1/a.jpg", "Aves/0/b.jpg", "Aves/2/c.jpg"])


def inat_2017(root: Path) -> None:
    pictures(root / "2017", ["Plantae/Rosa canina/a.jpg", "Aves/Parus major/b.jpg", "Aves/Parus ater/c.jpg"])


# ------------------------------------------------------------------------------------------------------- faces, characters
def celeba(root: Path) -> None:
    folder = root / "celeba"
    names = [f"00000{i}.jpg" for i in range(1, 7)]
    pictures(folder / "img_align_celeba", names)

    def table(name: str, header: str, rows: Sequence[str]) -> None:
        text(folder / name, header + "".join(f"{file} {row}\n" for file, row in zip(names, rows)))

    table("list_eval_partition.txt", "", "021012")
    table("identity_CelebA.txt", "", ["2880", "2937", "8692", "5805", "1", "2"])
    table(
        "list_bbox_celeba.txt",
        "4\nimage_id x_1 y_1 width height\n",
        ["  95  71  2 3", "72 94 1 2", "216  59 4 4", "6 2 1 9", "0 0 1 1", "1 1 2 2"],
    )
    table(
        "list_landmarks_align_celeba.txt",
        "4\nlefteye_x lefteye_y\n",
        ["69  109", "1 2", "76 112", "-3 4", "0 0", "5 -6"],
    )
    table(
        "list_attr_celeba.txt",
        "4\n5_o_Clock_Shadow Bald Young \n",
        ["-1  1 -1", "1 1 -1", "-1 -1 -1", " 1 -1  1", "1 1 1", "-1 1 -1"],
    )


def lfw(root: Path) -> None:
    folder = root / "lfw-py"
    people = ["Aaron_Eckhart", "Zhu_Rongji"]
    for place in ("lfw", "lfw_funneled", "lfw-deepfunneled"):
        pictures(folder / place, [f"{name}/{name}_{i:04d}.jpg" for name in people for i in (1, 2)])
    for name in ("lfw", "lfw-funneled", "lfw-deepfunneled"):
        text(folder / f"{name}.tgz", "")
    text(folder / "lfw-names.txt", "Aaron_Eckhart\t2\nZhu_Rongji\t2\n")
    text(folder / "people.txt", "2\n1\nZhu_Rongji\t2\n2\nAaron_Eckhart\t1\nZhu_Rongji\t1\n")
    text(folder / "peopleDevTrain.txt", "1\nZhu_Rongji\t2\n")
    text(folder / "peopleDevTest.txt", "2\nAaron_Eckhart\t2\nZhu_Rongji\t1\n")
    pairs = "Zhu_Rongji\t1\t2\nZhu_Rongji\t1\tAaron_Eckhart\t2\n"
    text(folder / "pairs.txt", f"2\t1\n{pairs}Aaron_Eckhart\t2\t1\nAaron_Eckhart\t1\tZhu_Rongji\t2\n")
    text(folder / "pairsDevTrain.txt", f"1\n{pairs}")
    text(folder / "pairsDevTest.txt", f"1\n{pairs}")


def wider(root: Path) -> None:
    folder = root / "widerface"
    for part in ("train", "val", "test"):
        pictures(
            folder / f"WIDER_{part}" / "images", ["0--Parade/0_1.jpg", "0--Parade/0_2.jpg", "1--Handshaking/1_1.jpg"]
        )
    rows = "0--Parade/0_1.jpg\n2\n1 2 3 4 0 1 0 1 2 0 \n3 1 2 2 2 0 0 0 0 1 \n1--Handshaking/1_1.jpg\n0\n0 0 0 0 0 0 0 0 0 0 \n0--Parade/0_2.jpg\n1\n0 0 5 5 1 0 1 0 0 0\n"
    for part in ("train", "val"):
        text(folder / "wider_face_split" / f"wider_face_{part}_bbx_gt.txt", rows)
    text(folder / "wider_face_split" / "wider_face_test_filelist.txt", "0--Parade/0_1.jpg\n1--Handshaking/1_1.jpg\n")


def _fer(root: Path, name: str, columns: Sequence[str], usages: Sequence[str]) -> None:
    rows = [",".join(columns)]
    for i, usage in enumerate(usages):
        values = {"emotion": str(i), "Usage": usage, "pixels": " ".join(map(str, noise(2304, seed=i)))}
        rows.append(",".join(values[column.strip()] for column in columns))
    text(root / "fer2013" / name, "\n".join(rows) + "\n")


def fer_parts(root: Path) -> None:
    _fer(root, "train.csv", ["emotion", "pixels"], ["", ""])
    _fer(root, "test.csv", ["pixels"], [""])


def fer_whole(root: Path) -> None:
    _fer(root, "fer2013.csv", ["emotion", "pixels", "Usage"], ["Training", "PublicTest", "Training"])


def fer_icml(root: Path) -> None:
    _fer(root, "icml_face_data.csv", ["emotion", " Usage", " pixels"], ["Training", "PublicTest", "PrivateTest"])


def omniglot(root: Path) -> None:
    folder = root / "omniglot-py"
    for part in ("images_background", "images_evaluation"):
        pictures(
            folder / part,
            ["Greek/character01/0394_01.png", "Greek/character02/0395_01.png", "Latin/character01/0683_02.png"],
            mode="L",
        )
        text(folder / f"{part}.zip", "")


# ---------------------------------------------------------------------------------------------------- boxes, masks, sentences
VOC_FILE = """<annotation>
    <folder>VOC2012</folder><source><database>x</database><image/></source>
    <size><width>7</width><height>5</height></size>
    {objects}
</annotation>"""
VOC_OBJECT = (
    "<object><name>{0}</name><bndbox><xmin>{1}</xmin><ymin>1</ymin><xmax>6</xmax><ymax>4</ymax></bndbox></object>"
)


def voc(root: Path) -> None:
    for year, inside in (
        ("2012", "VOCdevkit/VOC2012"),
        ("2007", "VOCdevkit/VOC2007"),
        ("2011", "TrainVal/VOCdevkit/VOC2011"),
    ):
        folder = root / inside
        names = [f"{year}_00000{i}" for i in range(3)]
        pictures(folder / "JPEGImages", [f"{name}.jpg" for name in names])
        pictures(folder / "SegmentationClass", [f"{name}.png" for name in names], mode="P")
        things = ["cat", "dog"], ["person"], []
        for name, listed in zip(names, things):
            objects = "".join(VOC_OBJECT.format(thing, i) for i, thing in enumerate(listed, 1))
            text(folder / "Annotations" / f"{name}.xml", VOC_FILE.format(objects=objects))
        for kind in ("Main", "Segmentation"):
            for part in ("train", "val", "trainval", "test"):
                text(
                    folder / "ImageSets" / kind / f"{part}.txt",
                    "\n".join(names if part != "val" else names[1:2]) + "\n",
                )


def sbd(root: Path) -> None:
    names = ["2008_000003", "2008_000002"]
    pictures(root / "img", [f"{name}.jpg" for name in names])
    for i, name in enumerate(names):
        outlines = np.empty((20, 1), object)
        for c in range(20):
            outlines[c, 0] = Sparse(noise(5, 7, high=2, seed=20 * i + c))
        content = np.empty((1, 1), [("Boundaries", object), ("Segmentation", object)])
        content[0, 0] = outlines, noise(5, 7, high=21, seed=i)
        mat(root / "cls" / f"{name}.mat", GTcls=content)
    for part in ("train", "val", "train_noval"):
        text(root / f"{part}.txt", "\n".join(names) + "\n")


def coco(root: Path) -> None:
    pictures(root, ["7.jpg", "3.jpg", "5.jpg"])
    things = [
        {"id": 1, "image_id": 7, "category_id": 18, "bbox": [1.5, 1, 3, 2.5], "area": 7.5, "iscrowd": 0, "segmentation": [[1, 1, 5, 1, 5, 4]]},
        {"id": 2, "image_id": 3, "category_id": 1, "bbox": [0, 0, 2, 2], "area": 4.0, "iscrowd": 1, "segmentation": {"counts": [3, 2, 30], "size": [5, 7]}},
        {"id": 9, "image_id": 7, "category_id": 1, "bbox": [2, 0, 1, 4], "area": 3.0, "iscrowd": 0, "segmentation": [[2, 0, 3, 0, 3, 4, 2, 4]]},
    ]  # fmt: skip
    content = {
        "images": [{"id": i, "file_name": f"{i}.jpg", "height": 5, "width": 7} for i in (7, 3, 5)],
        "annotations": things,
        "categories": [
            {"id": 1, "name": "person", "supercategory": "person"},
            {"id": 18, "name": "dog", "supercategory": "animal"},
        ],
    }
    text(root / "instances.json", json.dumps(content))
    sentences = [{"id": i, "image_id": image, "caption": f"Sentence {i}."} for i, image in enumerate((7, 3, 7))]
    text(root / "captions.json", json.dumps({"images": content["images"], "annotations": sentences}))


def pets(root: Path) -> None:
    folder = root / "oxford-iiit-pet"
    names = ["yorkshire_terrier_10", "Abyssinian_1", "american_bulldog_2"]
    pictures(folder / "images", [f"{name}.jpg" for name in names])
    pictures(folder / "annotations" / "trimaps", [f"{name}.png" for name in names], mode="L")
    for part in ("trainval", "test"):
        text(folder / "annotations" / f"{part}.txt", f"{names[0]} 37 2 25\n{names[1]} 1 1 1\n{names[2]} 2 2 1\n")


def cityscapes(root: Path) -> None:
    for mode, parts in (("gtFine", ("train", "test", "val")), ("gtCoarse", ("train", "train_extra", "val"))):
        for part in parts:
            names = ["aachen/aachen_000000_000019", "bochum/bochum_000000_000313"]
            pictures(root / "leftImg8bit" / part, [f"{name}_leftImg8bit.png" for name in names])
            for i, name in enumerate(names):
                start = root / mode / part
                pixels = np.array([[7, 26000 + i], [26001, 7]], np.int32)
                start.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
                Image.fromarray(pixels).save(
                    start / f"{name}_{mode}_instanceIds.png", format="TIFF"
                )  # Pillow writes no such PNG
                picture(start / f"{name}_{mode}_labelIds.png", i, mode="L")
                picture(start / f"{name}_{mode}_color.png", i)
                text(start / f"{name}_{mode}_polygons.json", json.dumps({"imgHeight": i, "objects": []}))


def kitti(root: Path) -> None:
    raw = root / "Kitti" / "raw"
    pictures(raw / "training" / "image_2", ["000000.png", "000001.png"])
    pictures(raw / "testing" / "image_2", ["000000.png"])
    text(
        raw / "training" / "label_2" / "000000.txt",
        "Pedestrian 0.00 0 -0.20 1.40 1.00 5.73 4.92 1.89 0.48 1.20 1.84 1.47 8.41 0.01\n",
    )
    text(
        raw / "training" / "label_2" / "000001.txt",
        "Car 0.5 1 1.85 1 1.5 4 4 1.67 1.87 3.69 -16.53 2.39 58.49 1.57\nDontCare -1 -1 -10 0 1 2 3 -1 -1 -1 -1000 -1000 -1000 -10\n",
    )


def sbu(root: Path) -> None:
    text(root / "SBUCaptionedPhotoDataset.tar.gz", "")
    pictures(root / "dataset", ["4385058960_b0f291553e.jpg", "5148648301_1174ef59bc.jpg"])
    names = ["4385058960_b0f291553e.jpg", "gone.jpg", "5148648301_1174ef59bc.jpg"]
    text(
        root / "dataset" / "SBU_captioned_photo_dataset_urls.txt", "".join(f"http://x.org/1/{name}\n" for name in names)
    )
    text(root / "dataset" / "SBU_captioned_photo_dataset_captions.txt", "A wooden chair \nNothing\nThe view\n")


def flickr8k(root: Path) -> None:
    pictures(root, ["1000268201_693b08cb0e.jpg", "1001773457_577c3a7d70.jpg"])
    row = "<tr><td><a href='x'>http://www.flickr.com/photos/who/{0}/</a></td><td><ul><li>A {1} here .</li> <li> Two {1}s .</li></ul></td></tr>"
    missing = "<tr><td>Image Not Found</td><td><ul><li>Nobody sees this .</li></ul></td></tr>"
    text(
        root / "page.html",
        f"<html><a>x/y/z</a><table>{row.format('1001773457', 'dog')}{missing}{row.format('1000268201', 'girl')}</table></html>",
    )


def flickr30k(root: Path) -> None:
    pictures(root, ["1000092795.jpg", "10002456.jpg"])
    text(
        root / "results.token",
        "".join(
            f"{name}#{i}\tSentence {i} of {name}\n" for name in ("10002456.jpg", "1000092795.jpg") for i in range(2)
        ),
    )


def lsun(root: Path) -> None:
    for part in ("train", "val"):
        for i, scene in enumerate(
            (
                "bedroom",
                "bridge",
                "church_outdoor",
                "classroom",
                "conference_room",
                "dining_room",
                "kitchen",
                "living_room",
                "restaurant",
                "tower",
            )
        ):
            pictures(root / f"{scene}_{part}_lmdb", ["a.png", "b.png"][: 1 + i % 2])
    pictures(root / "test_lmdb", ["a.png"])


# ---------------------------------------------------------------------------------------------------------------- ImageNet
def image_net(root: Path) -> None:
    """The three archives: the development kit, the validation pictures, and an archive of archives to train on."""
    root.mkdir(parents=True)
    work = root.parent / f"{root.name}-parts"
    data = work / "devkit" / "ILSVRC2012_devkit_t12" / "data"
    synsets = [
        (1, "n01440764", "tench, Tinca tinca", "a fish", 0),
        (2, "n02119789", "kit fox", "a fox", 0),
        (3, "n00001740", "entity", "all", 2),
    ]
    mat(data / "meta.mat", synsets=np.array(synsets, "i8,O,O,O,i8"))
    text(data / "ILSVRC2012_validation_ground_truth.txt", "2\n1\n2\n")
    tar(root / "ILSVRC2012_devkit_t12.tar.gz", work / "devkit", "w:gz")
    pictures(work / "val", [f"ILSVRC2012_val_0000000{i}.JPEG" for i in range(1, 4)])
    tar(root / "ILSVRC2012_img_val.tar", work / "val")
    (work / "train").mkdir()
    for i, wnid in enumerate(("n01440764", "n02119789")):
        pictures(work / wnid, [f"{wnid}_{n}.JPEG" for n in range(i + 1)])
        tar(work / "train" / f"{wnid}.tar", work / wnid)
    tar(root / "ILSVRC2012_img_train.tar", work / "train")
