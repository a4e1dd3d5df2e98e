"""What is kept drawn has a bound in bytes, however long the pages are that members write."""

from web.kept import Kept


def kept_of(*sizes: int) -> Kept[bytes]:
    kept: Kept[bytes] = Kept(10_000, len)
    for name, size in enumerate(sizes):
        kept.put(name, b"x" * size)
    return kept


def names_in(kept: Kept[bytes]) -> list[int]:
    return [name for name in range(10) if kept.get(name)]


def test_a_long_one_pushes_out_as_many_as_it_takes() -> None:
    assert names_in(kept_of(4_000, 3_000, 3_000)) == [0, 1, 2]
    assert names_in(kept_of(4_000, 3_000, 3_000, 7_000)) == [2, 3]


def test_the_least_used_goes_first() -> None:
    kept = kept_of(4_000, 3_000, 3_000)
    assert kept.get(0)
    kept.put(3, b"x" * 3_000)
    assert names_in(kept) == [0, 2, 3]


def test_what_is_put_again_counts_once() -> None:
    kept = kept_of(4_000, 3_000)
    for _again in range(5):
        kept.put(1, b"x" * 6_000)
    assert names_in(kept) == [0, 1]


def test_one_that_is_longer_than_all_may_be_is_handed_on_and_not_kept() -> None:
    kept = kept_of(4_000)
    assert kept.put(1, b"x" * 10_001)
    assert names_in(kept) == []
    assert names_in(kept_of(4_000)) == [0]
