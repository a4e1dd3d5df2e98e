"""Marks the sentences people see: English here, put into the reader's tongue in web/."""


def _(sentence: str) -> str:
    return sentence


class Phrase(str):
    """Words of ours that stand in a sentence of ours, put into the reader's tongue with it."""

    __slots__ = ()
