"""Invented people. No name here belongs to anybody we know."""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

NAMES = Path(__file__).with_name("names.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An invented patient before they become a row."""

    given_name: str
    family_name: str
    sex: str
    born_on: date
    phototype: int
    street: str
    phone: str


def invent(count: int, *, random: Random, today: date) -> list[Person]:
    """So many people of all phototypes, each name once, 19 to 71 years old.

    The phone numbers are from the range that Ofcom keeps free for drama.
    """
    pool = tomllib.loads(NAMES.read_text())
    streets = pool["streets"]
    women = [("female", name) for name in pool["women"]]
    men = [("male", name) for name in pool["men"]]
    names = women * 2 + men
    random.shuffle(names)
    people: list[Person] = []
    taken: set[tuple[str, str]] = set()
    while len(people) < count:
        sex, given = names[len(people) % len(names)]
        family = random.choice(pool["families"])
        if (given, family) in taken:
            continue
        taken.add((given, family))
        people.append(
            Person(
                given_name=given,
                family_name=family,
                sex=sex,
                born_on=today - timedelta(days=random.randint(19 * 366, 71 * 365)),
                phototype=random.choices(range(1, 7), weights=(6, 18, 28, 22, 16, 10))[
                    0
                ],
                street=f"{random.randint(1, 120)} {random.choice(streets)}",
                phone=f"+447700900{len(people) % 1000:03d}",
            )
        )
    return people
