"""How a number or an address from outside may look: what both databases can count to."""

from typing import Annotated, Literal

from msgspec import Meta
from starlette.convertors import Convertor, register_url_convertor

LARGEST = 2**63 - 1

Id = Annotated[int, Meta(ge=1, le=LARGEST)]
Rev = Annotated[int, Meta(ge=0, le=LARGEST)]
Address = Annotated[str, Meta(pattern=r"\A[a-z]+:[1-9][0-9]{0,17}\Z")]
Key = Annotated[str, Meta(max_length=64, pattern=r"\A[\x21-\x7e]+\Z")]
# Something is said, and PostgreSQL cannot store a NUL.
Words = Annotated[str, Meta(max_length=16_000, pattern=r"\A(?=[\s\S]*\S)[^\0]+\Z")]
Line = Annotated[str, Meta(max_length=200, pattern=r"\A(?=.*\S)[^\0\r\n]+\Z")]
Name = Annotated[str, Meta(max_length=60, pattern=r"\A(?=.*\S)[^\0\r\n]+\Z")]
MaybeWords = Annotated[str, Meta(max_length=16_000, pattern=r"\A[^\0]*\Z")]
MaybeLine = Annotated[str, Meta(max_length=200, pattern=r"\A[^\0\r\n]*\Z")]
# What was typed after an @.
Named = Annotated[str, Meta(max_length=80, pattern=r"\A[^\0]+\Z")]
FileId = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{1,40}\Z")]
MaybeDay = Annotated[str, Meta(pattern=r"\A(?:[0-9]{4}-[01][0-9]-[0-3][0-9])?\Z")]
Numbers = Annotated[str, Meta(max_length=4_000, pattern=r"\A(?:[1-9][0-9]{0,17}(?:,|\Z))*\Z")]
# Of what its author says knowingly (moderation/before/asking.py).
Knowing = Annotated[str, Meta(max_length=400, pattern=r"\A[0-9a-f.]*\Z")]
Ticked = Literal["", "yes"]  # a checkbox


class IdConvertor(Convertor[int]):
    regex = "[1-9][0-9]{0,17}"  # anything longer is not there

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("id", IdConvertor())
