"""Make `datasets/dates/`: days as people write them, and the same days as ISO 8601 has them.

    python datasets/make_dates.py            # writes (a second)
    python datasets/make_dates.py --check    # makes them again and compares with what is there

Every day lies in 1950 … 2049 and is written in one of twelve ways, drawn at random. No day is in two of the files. All
numbers come from Python's generator with a fixed seed; its stream is the same on every machine.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import random
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent / "dates"
SEED = 20260703
FIRST, LAST = datetime.date(1950, 1, 1), datetime.date(2049, 12, 31)
SIZES = {"train.tsv": 8000, "test.tsv": 1000}

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def ordinal(n: int) -> str:
    """1st, 2nd, 3rd, 4th …, 11th to 13th.

    >>> [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 30)]
    ['1st', '2nd', '3rd', '4th', '11th', '12th', '13th', '21st', '30th']
    """
    ending = "th" if 11 <= n <= 13 else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n}{ending}"


# Numbers come year first, or day first between full stops: a month in front of the day would be a riddle, not a date.
# A year of two digits is one from 1950 to 2049, so each has one meaning.
FORMS: tuple[Callable[[datetime.date], str], ...] = (
    lambda d: f"{d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{MONTHS[d.month - 1]} {d.day}, {d.year}",
    lambda d: f"{d.day} {MONTHS[d.month - 1][:3]} {d.year}",
    lambda d: f"{MONTHS[d.month - 1][:3]} {d.day} {d.year}",
    lambda d: f"{ordinal(d.day)} of {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{MONTHS[d.month - 1]} {ordinal(d.day)}, {d.year}",
    lambda d: f"{DAYS[d.weekday()]}, {d.day} {MONTHS[d.month - 1]} {d.year}",
    lambda d: f"{DAYS[d.weekday()][:3]} {MONTHS[d.month - 1][:3]} {d.day} {d.year}",
    lambda d: f"{d.day}-{MONTHS[d.month - 1][:3]}-{d.year % 100:02}",
    lambda d: f"{d.day} {MONTHS[d.month - 1]} '{d.year % 100:02}",
    lambda d: f"{d.day}.{d.month}.{d.year}",
    lambda d: f"{d.year}/{d.month}/{d.day}",
)


def pairs(count: int, rng: random.Random) -> list[tuple[str, str]]:
    """``count`` different days, each in one way of writing, and in ISO 8601."""
    ordinals = rng.sample(range(FIRST.toordinal(), LAST.toordinal() + 1), count)
    return [(rng.choice(FORMS)(day), day.isoformat()) for day in map(datetime.date.fromordinal, ordinals)]


def files() -> dict[str, bytes]:
    """All files by name: lines ``written <tab> iso``, in a random order."""
    rest = pairs(sum(SIZES.values()), random.Random(SEED))
    made = {}
    for name, count in SIZES.items():
        part, rest = rest[:count], rest[count:]
        made[name] = "".join(f"{written}\t{iso}\n" for written, iso in part).encode("ascii")
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=HERE, help="folder to write (default: datasets/dates)")
    parser.add_argument("--check", action="store_true", help="compare with the files in --out instead of writing them")
    args = parser.parse_args()
    made = files()
    if args.check:
        wrong = [name for name, data in made.items() if (args.out / name).read_bytes() != data]
        sys.exit(f"differs from what is made: {', '.join(wrong)}" if wrong else None)
    args.out.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (args.out / name).write_bytes(data)
        print(f"| `{name}` | {len(data):,} bytes | `{hashlib.sha256(data).hexdigest()}` |")


if __name__ == "__main__":
    main()
