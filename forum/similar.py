"""Topics that may be about the same, for whoever is writing the title of another one."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager

from community.members.models import Member
from community.search.models import Order
from community.search.queries import Asked, candidates
from community.tokens import Term, term, tokens
from community.wanted import Wanted
from forum.searching import topics_found
from forum.topics.models import Post, Topic

FEW = 5
MOST_WORDS = 12
SHORTEST = 3  # letters of a word that says what a title is about
SAY_NOTHING = frozenset(
    "ada agar akan apa apakah atau bagaimana bagi berapa bisa boleh cara dalam dan dapat dari"
    " dengan harus ini itu jika juga kalau kami kapan karena kepada kita lagi lain lebih mana mau"
    " mengapa mohon oleh pada para perlu saat saja saya sebagai secara sudah tentang tidak untuk"
    " yang about and are can for from have how that the this what when where which who with".split()
)


def similar_to(
    session: Session, reader: Member | None, title: str, most: int = FEW
) -> Sequence[Topic]:
    """Of those the reader may see: the ones with the most words of this title in theirs first."""
    asked = Asked(_telling(title), Order.FITTING, loosely=True)
    if not asked.terms:
        return []
    sources = topics_found(session, reader, Wanted())
    titled = [one._replace(marked=()) for one in sources]  # only what starts a topic has a title
    best = candidates(session, asked, titled)[:most]
    place = {one.id: number for number, one in enumerate(best)}
    first = select(Post).join(Post.topic).options(contains_eager(Post.topic))
    posts = session.scalars(first.where(Post.id.in_(place))).all()
    return [post.topic for post in sorted(posts, key=lambda post: place[post.id])]


def _telling(title: str) -> tuple[Term, ...]:
    words = (word for word in dict.fromkeys(tokens(title)) if word not in SAY_NOTHING)
    return tuple(term(word) for word in words if len(word) >= SHORTEST)[:MOST_WORDS]
