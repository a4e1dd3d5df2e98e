"""The code by which anybody finds out whether what they hold is an office's announcement."""

import re
from secrets import choice

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # without what is easily taken for something else
LENGTH = 6  # about nine hundred million of them
BETWEEN = re.compile(r"[\s.\-]+")
CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


def drawn_code() -> str:
    return "".join(choice(ALPHABET) for _sign in range(LENGTH))


def read_code(typed: str) -> str:
    """As it was meant, in small letters or with gaps; empty where it cannot be one."""
    code = BETWEEN.sub("", typed).upper()
    return code if CODE.fullmatch(code) else ""
