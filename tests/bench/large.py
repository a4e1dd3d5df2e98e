"""A forum as large as a country's, written row by row: the same for the same seed.

The rows go past the actions, which would take a day for them; what each says of the others (seq,
rev, when a topic moved) is as the actions would have left it. Few topics are long, most are short.
"""

import sys
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import islice
from random import Random
from typing import Any, NamedTuple

import typer
from sqlalchemy import Table, func, insert, select

from community.clock import now
from community.database import Base, Database, Transaction
from community.members.models import Member
from community.places import Cluster, Theme, regencies
from community.terms import TERMS
from community.text import written
from forum.categories import Category
from forum.readings import Reading
from forum.topics.models import Post, Topic
from web.demonstration.content import read

SEED = 7763
CHUNK = 5_000  # rows of one transaction
TEXTS = 4_000  # different bodies
YEARS = 3 * 365 * 24 * 3600  # seconds that the forum is old


class Size(NamedTuple):
    topics: int = 200_000
    posts: int = 2_000_000
    members: int = 2_000
    categories: int = 40
    followed: int = 300  # topics that each of the first hundred members reads

    def smaller(self, times: int) -> "Size":
        """With as many members and categories, who follow as much."""
        return self._replace(topics=self.topics // times, posts=self.posts // times)


class Writer:
    """Of one community, from its empty forum on. It is alone there, so ids follow each other."""

    def __init__(self, db: Database, size: Size) -> None:
        self.db = db
        self.size = size
        self.chance = Random(SEED)
        self.lengths = self._lengths()
        self.starters: list[int] = []

    async def write(self) -> None:
        self.first_member = await self.next_id(Member)
        self.first_category = await self.next_id(Category)
        self.first_topic = await self.next_id(Topic)
        self.began = await self.db.look(now) - timedelta(seconds=YEARS)
        self.texts = _texts(self.chance)
        self.starts = [
            self.began + timedelta(seconds=self.chance.randrange(YEARS)) for _ in self.lengths
        ]
        self.starters = [self._author() for _ in self.lengths]
        await self.put("members", Member, self._members(), self.size.members)
        await self.put("categories", Category, self._categories(), self.size.categories)
        await self.put("topics", Topic, self._topics(), self.size.topics)
        await self.put("posts", Post, self._posts(), self.size.posts)
        readings = min(self.size.members, 100) * min(self.size.followed, self.size.topics)
        await self.put("readings", Reading, self._readings(), readings)

    async def put(
        self, name: str, kind: type[Base], rows: Iterator[dict[str, Any]], many: int
    ) -> None:
        assert isinstance(kind.__table__, Table)
        label = f"{name:>10}"
        with typer.progressbar(length=many, label=label, file=sys.stderr) as bar:
            while chunk := list(islice(rows, CHUNK)):
                await self.db.act(_insert, kind.__table__, chunk)
                bar.update(len(chunk))

    async def next_id(self, kind: type[Any]) -> int:
        highest = await self.db.look(lambda session: session.scalar(select(func.max(kind.id))))
        return (highest or 0) + 1

    def _lengths(self) -> list[int]:
        """How many posts each topic has: at least one, and of the others the first topics most."""
        lengths = [1] * self.size.topics
        for _post in range(self.size.posts - self.size.topics):
            lengths[int(self.size.topics * self.chance.random() ** 2)] += 1
        return lengths

    def _members(self) -> Iterator[dict[str, Any]]:
        for n in range(self.size.members):
            yield {"name": f"Warga {n}", "email": f"warga{n}@large.test", "password_hash": "-",
                   "joined_at": self.began, "agreed_to": TERMS}  # fmt: skip

    def _categories(self) -> Iterator[dict[str, Any]]:
        for n in range(self.size.categories):
            yield {"slug": f"large-{n}", "name": f"Kategori {n}", "position": 100 + n}

    def _topics(self) -> Iterator[dict[str, Any]]:
        regions, clusters, themes = list(regencies()), list(Cluster), list(Theme)
        begun = zip(self.lengths, self.starts, self.starters, strict=True)
        for length, started, starter in begun:
            body, _html = self.chance.choice(self.texts)
            yield {
                "category_id": self.first_category + self.chance.randrange(self.size.categories),
                "starter_id": starter,
                "echoed": length > 1,
                "title": " ".join(body.split()[:9])[:100],
                "started_at": started,
                "moved_at": started + timedelta(minutes=length),
                "last_seq": length,
                "rev": length,
                "region": self.chance.choice(regions),
                "cluster": self.chance.choice(clusters),
                "theme": self.chance.choice(themes),
            }

    def _posts(self) -> Iterator[dict[str, Any]]:
        for n, (length, started) in enumerate(zip(self.lengths, self.starts, strict=True)):
            topic = self.first_topic + n
            for seq in range(1, length + 1):
                body, html = self.chance.choice(self.texts)
                yield {
                    "stream_id": topic, "seq": seq, "rev": seq, "first_rev": seq,
                    "author_id": self._author() if seq > 1 else self.starters[n],
                    "key": f"{topic}-{seq}", "first_hash": "",
                    "body": body, "html": html, "written_at": started + timedelta(minutes=seq),
                }  # fmt: skip

    def _readings(self) -> Iterator[dict[str, Any]]:
        """The first hundred members have read about half of what they follow."""
        for member in range(min(self.size.members, 100)):
            followed = min(self.size.followed, self.size.topics)
            for n in sorted(self.chance.sample(range(self.size.topics), followed)):
                yield {"member_id": self.first_member + member, "topic_id": self.first_topic + n,
                       "read_seq": self.chance.randint(0, self.lengths[n])}  # fmt: skip

    def _author(self) -> int:
        return self.first_member + self.chance.randrange(self.size.members)


def _insert(tx: Transaction, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    tx.execute(insert(table), rows)


def _texts(chance: Random) -> list[tuple[str, str]]:
    """Sentences of the demonstration community, mixed anew: what is searched for has words."""
    sentences = [
        sentence.strip()
        for topic in read().topics.values()
        for post in topic.posts
        for sentence in post.body.replace("\n", " ").split(". ")
        if 20 < len(sentence) < 200
    ]
    bodies = [". ".join(chance.choices(sentences, k=chance.randint(1, 6))) for _ in range(TEXTS)]
    return [(body, written(body).html) for body in bodies]
