"""Two texts laid over each other: both can be read back, and no clock has a say."""

from hypothesis import given
from hypothesis import strategies as st

from policies import differences
from policies.differences import new_side, old_side, pieces

TEXTS = st.text(alphabet="市民の安全を守る。\n、𠮷", max_size=60)


def read_back(old: str, new: str) -> tuple[str, str]:
    found = pieces(old, new)
    sides = old_side(found), new_side(found)
    return tuple("".join(piece.text for piece in side) for side in sides)


@given(TEXTS, TEXTS)
def test_both_texts_are_read_back(old: str, new: str) -> None:
    assert read_back(old, new) == (old, new)


def test_long_texts_are_compared_by_sentence() -> None:
    old = "".join(f"第{n}の文を述べる。" for n in range(400))
    new = old.replace("第7の文を述べる。", "別の文を述べる。")
    assert len(old) * len(new) > differences.MOST_COMPARISONS
    assert [(piece.kind, piece.text) for piece in pieces(old, new) if piece.kind != "same"] == [
        ("removed", "第7の文を述べる。"),
        ("added", "別の文を述べる。"),
    ]
    assert read_back(old, new) == (old, new)


def test_what_is_too_long_for_sentences_too_stands_as_a_whole() -> None:
    old, new = "。".join("市民" * 2100), "。".join("職員" * 2100)
    assert [piece.kind for piece in pieces(old, new)] == ["removed", "added"]
    assert read_back(old, new) == (old, new)
