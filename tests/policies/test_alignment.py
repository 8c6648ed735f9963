"""Last year's document beside this year's: what continues what."""

from collections import Counter
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from policies.alignment import Aligned, Dropped, Item, align

BOSAI = "首都直下地震に備え、避難所の資機材を点検し、地域の防災組織と訓練を重ねること。"
DIGITAL = "行政手続のオンライン化を進め、窓口に来なくても済む市役所をつくること。"
CARBON = "あらゆる施策に脱炭素の視点を取り入れ、公共施設の照明を更新すること。"
MONEY = "事業の選択と集中に努め、新たな財源の獲得に向けた視点を持つこと。"
PEOPLE = "経験の浅い職員を職場全体で育て、相談しやすい職場をつくること。"
HOURS = "部長は業務の配分を見直し、超過勤務の縮減に責任を持って取り組むこと。"


def item(path: str, body: str = "", heading: str = "") -> Item:
    first, _, rest = path.partition("-")
    return Item(path, f"{first}({rest})" if rest else first, heading, body)


def flat(*bodies: str) -> list[Item]:
    return [item(str(place), body) for place, body in enumerate(bodies, 1)]


def told(aligned: Aligned) -> list[tuple[str, str, str | None]]:
    return [(pair.kind, pair.new.path, pair.old and pair.old.path) for pair in aligned.pairs]


def test_same_reworded_new_and_dropped_are_told_apart() -> None:
    old = flat(BOSAI, DIGITAL, MONEY)
    new = flat(BOSAI, DIGITAL.replace("窓口", "市役所の窓口"), CARBON)
    aligned = align(old, new)
    assert told(aligned) == [("same", "1", "1"), ("reworded", "2", "2"), ("new", "3", None)]
    assert aligned.dropped == (Dropped(old[2]),)
    assert aligned.counts == {"same": 1, "reworded": 1, "new": 1, "dropped": 1}


def test_an_item_put_in_before_the_others_renumbers_them() -> None:
    aligned = align(flat(BOSAI, DIGITAL, MONEY), flat(CARBON, BOSAI, DIGITAL, MONEY))
    assert told(aligned) == [
        ("new", "1", None),
        ("same", "2", "1"),
        ("same", "3", "2"),
        ("same", "4", "3"),
    ]
    assert [pair.is_moved for pair in aligned.pairs] == [False, True, True, True]


def test_items_in_another_order_are_found_by_their_words() -> None:
    aligned = align(flat(BOSAI, DIGITAL, MONEY), flat(f"引き続き、{MONEY}", BOSAI, DIGITAL))
    assert told(aligned) == [("reworded", "1", "3"), ("same", "2", "1"), ("same", "3", "2")]


def test_an_item_that_moved_to_another_chapter_is_found_by_its_words() -> None:
    old = [
        item("1", heading="まちづくり"),
        item("1-1", BOSAI),
        item("1-2", HOURS),
        item("2", heading="人材育成"),
        item("2-1", PEOPLE),
    ]
    new = [
        item("1", heading="まちづくり"),
        item("1-1", BOSAI),
        item("2", heading="人材育成"),
        item("2-1", PEOPLE),
        item("2-2", HOURS),
    ]
    aligned = align(old, new)
    assert told(aligned)[-1] == ("same", "2-2", "1-2")
    assert [pair.is_moved for pair in aligned.pairs] == [False, False, False, False, True]


def test_a_chapter_under_a_new_name_is_known_by_its_items() -> None:
    old = [item("1", heading="防災"), item("1-1", BOSAI), item("1-2", CARBON)]
    new = [item("1", heading="安全で環境に優しい街"), item("1-1", BOSAI), item("1-2", CARBON)]
    assert told(align(old, new))[0] == ("reworded", "1", "1")


def test_items_that_read_alike_stay_in_their_chapters() -> None:
    old = [
        *(item("1", heading="福祉"), item("1-1", "別に定める。")),
        *(item("2", heading="教育"), item("2-1", "別に定める。")),
        *(item("3", heading="環境"), item("3-1", "別に定める。")),
    ]
    new = [
        *(item("1", heading="教育"), item("1-1", "別に定める。")),
        *(item("2", heading="環境"), item("2-1", "別に定める。")),
    ]
    assert told(align(old, new)) == [
        ("same", "1", "2"),
        ("same", "1-1", "2-1"),
        ("same", "2", "3"),
        ("same", "2-1", "3-1"),
    ]


def test_two_items_that_follow_one_name_it_both() -> None:
    old = flat(PEOPLE, BOSAI + CARBON, MONEY)
    new = flat(PEOPLE, BOSAI, CARBON, MONEY)
    aligned = align(old, new)
    assert told(aligned) == [
        ("same", "1", "1"),
        ("reworded", "2", "2"),
        ("reworded", "3", "2"),
        ("same", "4", "3"),
    ]
    assert "part" in {pair.doubt for pair in aligned.pairs[1:3]}
    assert aligned.dropped == ()


def test_an_item_taken_into_another_one_says_into_which() -> None:
    old = flat(PEOPLE, BOSAI, CARBON, MONEY)
    new = flat(PEOPLE, BOSAI + CARBON, MONEY)
    aligned = align(old, new)
    assert told(aligned)[1] in [("reworded", "2", "2"), ("reworded", "2", "3")]
    assert [(one.old.body in {BOSAI, CARBON}, one.into) for one in aligned.dropped] == [
        (True, new[1])
    ]


def test_white_space_width_and_commas_are_no_difference_but_are_not_hidden() -> None:
    old = flat("令和４年度は，ＢＰＲを 進める。", BOSAI)
    new = flat("令和4年度は、BPRを進める。", BOSAI)
    aligned = align(old, new)
    assert [(pair.kind, pair.is_identical) for pair in aligned.pairs] == [
        ("same", False),
        ("same", True),
    ]


def test_a_number_in_another_width_has_not_moved() -> None:
    old, new = Item("1-1", "１（１）", "", BOSAI), Item("1-1", "1(1)", "", BOSAI)
    assert align([old], [new]).pairs[0].is_moved is False


def test_what_shares_little_is_proposed_within_its_chapter_and_doubted() -> None:
    old = [item("1", heading="適正な執行"), item("1-1", HOURS), item("1-2", BOSAI)]
    new = [
        item("1", heading="適正な執行"),
        item("1-1", "超過勤務は、所属長と部長が職員の健康を守るため、事前の承認を徹底すること。"),
        item("1-2", BOSAI),
    ]
    pair = align(old, new).pairs[1]
    assert (pair.old, pair.doubt) == (old[1], "weak")


def test_of_two_that_are_alike_somebody_should_look() -> None:
    old = flat(
        "市内の公園の遊具を点検し、安全に使えるようにすること。東部を先に行う。",
        "市内の公園の遊具を点検し、安全に使えるようにすること。西部を先に行う。",
    )
    new = flat("市内の公園の遊具を点検し、安全に使えるようにすること。南部を先に行う。")
    assert align(old, new).pairs[0].doubt == "rival"


def test_documents_without_a_word_in_common_have_nothing_in_common() -> None:
    aligned = align(flat(BOSAI), flat("ABCD"))
    assert aligned.counts == {"same": 0, "reworded": 0, "new": 1, "dropped": 1}


def test_nothing_is_aligned_with_nothing() -> None:
    assert align([], []) == Aligned((), ())
    assert align([], flat(BOSAI)).counts == {"same": 0, "reworded": 0, "new": 1, "dropped": 0}


SENTENCES = [BOSAI, DIGITAL, CARBON, MONEY, PEOPLE, HOURS, "別に定める。", "", "A"]


@st.composite
def documents(draw: st.DrawFn) -> list[Item]:
    """Chapters with items; texts are sentences put together, cut short, or anything."""
    bodies = st.one_of(
        st.lists(st.sampled_from(SENTENCES), max_size=3).map("".join),
        st.builds(lambda text, cut: text[cut:], st.sampled_from(SENTENCES), st.integers(0, 40)),
        st.text(max_size=12),
    )
    headings = st.sampled_from(["", "まちづくり", "人材育成", "適正な執行", "まちづくりの推進"])
    found = []
    for place in range(1, draw(st.integers(0, 5)) + 1):
        found.append(item(str(place), draw(bodies), draw(headings)))
        for under in range(1, draw(st.integers(0, 5)) + 1):
            found.append(item(f"{place}-{under}", draw(bodies)))
    return found


@given(documents(), documents())
def test_each_new_item_is_once_and_each_old_one_either_continued_or_dropped(
    old: list[Item], new: list[Item]
) -> None:
    aligned = align(old, new)
    assert [pair.new for pair in aligned.pairs] == new
    continued = {pair.old.path for pair in aligned.pairs if pair.old}
    dropped = [one.old.path for one in aligned.dropped]
    assert sorted([*continued, *dropped]) == sorted(one.path for one in old)
    assert all((pair.kind == "new") == (pair.old is None) for pair in aligned.pairs)


@given(documents(), documents())
def test_only_a_part_shares_its_old_item(old: list[Item], new: list[Item]) -> None:
    whole = [pair.old.path for pair in align(old, new).pairs if pair.old and pair.doubt != "part"]
    assert Counter(whole) == Counter(set(whole))


@given(documents())
def test_a_document_beside_itself_is_all_the_same(document: list[Item]) -> None:
    aligned = align(document, document)
    assert [(pair.new, pair.old) for pair in aligned.pairs] == [(one, one) for one in document]
    assert all(pair.is_identical and not pair.is_moved and not pair.doubt for pair in aligned.pairs)
    assert aligned.dropped == ()


@given(documents(), documents())
def test_either_way_round_as_many_are_the_same(old: list[Item], new: list[Item]) -> None:
    there, back = align(old, new), align(new, old)
    assert there.counts["same"] == back.counts["same"]
    ones = [
        sum(pair.old is not None and pair.doubt != "part" for pair in way.pairs)
        for way in (there, back)
    ]
    assert ones[0] == ones[1]


@given(documents(), documents())
def test_the_answer_is_always_the_same(old: list[Item], new: list[Item]) -> None:
    assert align(old, new) == align(list(old), list(new))


def made_up(chance: Random, count: int) -> list[Item]:
    words = ["".join(chr(chance.randrange(0x4E00, 0x5200)) for _ in range(3)) for _ in range(2000)]
    return flat(*("".join(chance.choices(words, k=60)) for _ in range(count)))


def test_a_thousand_items_find_one_another() -> None:
    chance = Random(5)
    old = made_up(chance, 1000)
    new = [
        item(one.path, f"{one.body[:90]}を{one.body[chance.randrange(90, 120) :]}") for one in old
    ]
    chance.shuffle(new)
    aligned = align(old, new)
    assert all(pair.old and pair.old.path == pair.new.path for pair in aligned.pairs)


def test_a_thousand_items_that_are_nearly_alike_find_one_another() -> None:
    old = flat(*(f"{'事業の推進に努めること。' * 20}{place}" for place in range(1000)))
    new = flat(*(f"{'事業の推進に努めること。' * 20}{place + 7}" for place in range(1000)))
    assert align(old, new).counts == {"same": 993, "reworded": 0, "new": 7, "dropped": 7}
