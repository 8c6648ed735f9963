"""What number is proposed where none stands."""

import pytest

from policies.markers import branch, following


@pytest.mark.parametrize(
    ("marker", "after"),
    [
        *(("(4)", "(5)"), ("（９）", "（１０）"), ("①", "②"), ("⑳", "㉑"), ("㉟", "㊱")),
        *(("ア", "イ"), ("ｱ", "ｲ"), ("(ア)", "(イ)"), ("第1", "第2"), ("第２章", "第３章")),
        *(("第十九", "第二十"), ("一", "二"), ("Ⅳ", "Ⅴ"), ("IV", "V"), ("a", "b"), ("ａ", "ｂ")),
        *(("1.", "2."), ("⑷", "⑸"), ("・", "・"), ("ン", None), ("(4)の2", None), ("事業", None)),
    ],
)
def test_number_that_follows_is_written_in_the_same_way(marker, after):
    assert following(marker) == after


def test_number_put_in_between_is_a_branch_of_the_one_before():
    assert branch("(4)", {"(4)", "(5)"}) == "(4)の2"
    assert branch("(4)", {"(4)", "(4)の2"}) == "(4)の3"
    assert branch("(4)の2", {"(4)の2"}) == "(4)の3"
    assert branch("（４）", {"(4)"}) == "（４）の２"
