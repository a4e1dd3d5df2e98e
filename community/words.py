"""Marks the sentences people see: English here, put into the reader's tongue in web/."""


def _(sentence: str) -> str:
    return sentence
