"""Census-shaped rows: the adult file repeated, or rows made up in its shape, the same each time."""

from __future__ import annotations

import csv
import itertools
import random
from collections.abc import Iterator
from pathlib import Path

HEADER = [
    "age",
    "workclass",
    "fnlwgt",
    "education",
    "education-num",
    "marital-status",
    "occupation",
    "relationship",
    "race",
    "sex",
    "capital-gain",
    "capital-loss",
    "hours-per-week",
    "native-country",
    "income",
]

WORKCLASSES = ("Private", "Self-emp-not-inc", "Local-gov", "State-gov", "Federal-gov", "?")
EDUCATIONS = (
    ("HS-grad", 9),
    ("Some-college", 10),
    ("Bachelors", 13),
    ("Masters", 14),
    ("Assoc-voc", 11),
    ("11th", 7),
    ("Doctorate", 16),
    ("7th-8th", 4),
)
MARRIAGES = ("Married-civ-spouse", "Never-married", "Divorced", "Separated", "Widowed")
OCCUPATIONS = tuple(f"Occupation-{number}" for number in range(14))
RELATIONSHIPS = ("Husband", "Not-in-family", "Own-child", "Unmarried", "Wife", "Other-relative")
RACES = ("White", "Black", "Asian-Pac-Islander", "Amer-Indian-Eskimo", "Other")
COUNTRIES = ("United-States", *(f"Country-{number}" for number in range(40)))
SEED = 19960501


def made_up() -> Iterator[list[str]]:
    """Rows without end, in which income follows from some columns, with noise."""
    chance = random.Random(SEED)
    while True:
        age = 17 + int(60 * chance.random() ** 1.5)
        education, years = chance.choice(EDUCATIONS)
        marriage = chance.choice(MARRIAGES)
        hours = min(99, max(1, int(chance.gauss(40, 12))))
        gain = int(chance.expovariate(1 / 9000)) if chance.random() < 0.08 else 0
        loss = int(chance.gauss(1900, 300)) if chance.random() < 0.05 else 0
        country = COUNTRIES[0] if chance.random() < 0.9 else chance.choice(COUNTRIES)
        score = (years - 10) * 0.35 + (age - 38) * 0.02 + (hours - 40) * 0.03 + gain / 6000
        score += 1.2 if marriage == "Married-civ-spouse" else -1.2
        income = ">50K" if chance.gauss(score, 1.0) > 1.0 else "<=50K"
        yield [
            str(age),
            chance.choice(WORKCLASSES),
            str(int(chance.uniform(12285, 1484705))),
            education,
            str(years),
            marriage,
            chance.choice(OCCUPATIONS),
            chance.choice(RELATIONSHIPS),
            chance.choice(RACES),
            chance.choice(("Male", "Female")),
            str(gain),
            str(loss),
            str(hours),
            country,
            income,
        ]


def repeated(adult: Path) -> Iterator[list[str]]:
    """The rows of a file with a header like HEADER, over and over."""
    with adult.open(newline="") as lines:
        rows = list(csv.reader(lines, skipinitialspace=True))
    if rows[0] != HEADER:
        raise SystemExit(f"{adult}: the header is not {','.join(HEADER)}")
    return itertools.cycle(rows[1:])


def write(target: Path, count: int, adult: Path | None) -> None:
    """Writes so many rows with their header."""
    source = made_up() if adult is None else repeated(adult)
    with target.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADER)
        writer.writerows(itertools.islice(source, count))
