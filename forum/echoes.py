"""Whether somebody else has written in a topic: it stands in its row for the list of those in which
nobody has, which would look through all there are for a few."""

from sqlalchemy import exists, select

from community.database import Transaction
from forum.readings import STANDING
from forum.topics.models import Post, Topic


def hear_others(tx: Transaction, topic: Topic) -> None:
    """When posts came, went away or came back. The caller holds the lock of the topic."""
    tx.flush()
    others = (Post.stream_id == topic.id, Post.author_id != topic.starter_id, *STANDING)
    topic.echoed = tx.scalars(select(exists().where(*others))).one()
