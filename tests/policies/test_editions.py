"""What changed between two editions of a basic policy, told by the address of each item."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.editions import compare

Row = dict[str, Any]


def row(path: str, body: str = "進めること。", **fields: Any) -> Row:
    parent = path.rpartition("-")[0]
    return {
        "path": path,
        "parent": parent,
        "place": 0,
        "marker": f"({path})",
        "number": path,
        "heading": "",
        "short_name": "",
        "body": body,
        "is_open": bool(parent),
    } | fields


OLD = [
    row("1", "", heading="施政方針を踏まえた対応"),
    row("1-1", "強靱なまちづくりを推進すること。"),
    row("1-2", "脱炭素の視点を取り入れること。"),
    row("1-3", "デジタル技術を活用すること。"),
    row("2", "面談時に提出すること。"),
]


def content(rows: list[Row], **fields: str) -> dict[str, Any]:
    return {"title": "基本方針", "preamble": "前文。", "sections": rows} | fields


def told(new: list[Row], old: list[Row] = OLD) -> list[tuple[str, tuple[str, ...]]]:
    found = compare(content(old), content(new))
    return [(change.path, change.kinds) for change in found.changes]


def without(*paths: str) -> list[Row]:
    return [copy.copy(item) for item in OLD if item["path"] not in paths]


def changed(path: str, **fields: Any) -> list[Row]:
    return [item | fields if item["path"] == path else item for item in OLD]


def test_what_is_the_same_is_not_told() -> None:
    assert told(copy.deepcopy(OLD)) == []


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [
        ({"body": "脱炭素の視点を全ての施策に取り入れること。"}, ("reworded",)),
        ({"heading": "脱炭素"}, ("retitled",)),
        ({"number": "1(4)"}, ("renumbered",)),
        ({"is_open": False}, ("closed",)),
        ({"body": "改める。", "number": "1(4)"}, ("reworded", "renumbered")),
        ({"short_name": "脱炭素"}, ()),
        ({"place": 9, "marker": "②"}, ()),
    ],
)
def test_one_item_is_told_by_what_happened_to_it(fields: Row, kinds: tuple[str, ...]) -> None:
    assert told(changed("1-2", **fields)) == ([("1-2", kinds)] if kinds else [])


def test_the_office_s_own_short_name_is_no_word_of_the_document() -> None:
    assert told(changed("1-2", short_name="脱炭素")) == []


def test_a_new_item_asks_for_an_answer_only_where_it_is_open() -> None:
    assert told([*OLD[:4], row("1-4"), OLD[4]]) == [("1-4", ("new", "opened"))]
    assert told([*OLD[:4], row("1-4", is_open=False), OLD[4]]) == [("1-4", ("new",))]


def test_an_item_that_gets_items_of_its_own_asks_no_more() -> None:
    split = [*OLD[:3], row("1-2-1"), row("1-2-2"), *OLD[3:]]
    assert told(split) == [
        ("1-2", ("closed",)),
        ("1-2-1", ("new", "opened")),
        ("1-2-2", ("new", "opened")),
    ]


def test_an_item_whose_items_are_dropped_asks_itself() -> None:
    old = [*OLD[:3], row("1-2-1"), *OLD[3:]]
    assert told(OLD, old) == [("1-2", ("opened",)), ("1-2-1", ("dropped",))]


def test_a_dropped_item_is_told_where_it_stood() -> None:
    assert told(without("1-2")) == [("1-2", ("dropped",))]
    both = [*without("1-2", "1-1"), row("3", is_open=False)]
    assert told(both) == [("1-1", ("dropped",)), ("1-2", ("dropped",)), ("3", ("new",))]


def test_items_that_change_places_are_moved_and_the_others_are_not() -> None:
    one, first, second, third, two = OLD
    assert told([one, third, first, second, two]) == [("1-3", ("moved",))]
    assert told([two, *OLD[:4]]) == [("1", ("moved",))]


def test_an_item_put_in_between_moves_none() -> None:
    assert told([*OLD[:2], row("1-4"), *OLD[2:]]) == [("1-4", ("new", "opened"))]


def test_an_item_under_another_chapter_is_moved_and_keeps_its_address() -> None:
    new = [*without("1-3"), OLD[3] | {"parent": "2", "number": "2(1)"}]
    assert told(new) == [("1-3", ("renumbered", "moved"))]


def test_title_and_preamble_are_told_apart() -> None:
    found = compare(content(OLD), content(OLD, title="改めた方針", preamble="新しい前文。"))
    texts = [(passage.label, passage.before, passage.after) for passage in found.passages]
    assert texts == [("題名", "基本方針", "改めた方針"), ("前文", "前文。", "新しい前文。")]


def test_the_difference_is_shown_character_by_character() -> None:
    found = compare(
        content(OLD), content(changed("1-2", body="脱炭素の視点を全施策に取り入れること。"))
    )
    pieces = [(piece.kind, piece.text) for piece in found.changes[0].body]
    assert pieces == [
        ("same", "脱炭素の視点を"),
        ("added", "全施策に"),
        ("same", "取り入れること。"),
    ]
    assert found.changes[0].heading == []


def test_who_must_look_again_is_told_by_the_kind() -> None:
    def needs(**fields: Any) -> tuple[bool, bool]:
        (change,) = compare(content(OLD), content(changed("1-2", **fields))).changes
        return change.needs_a_look, change.is_amended

    assert needs(body="改める。") == (True, True)
    assert needs(heading="題") == (True, True)
    assert needs(is_open=False) == (True, False)
    assert needs(number="1(9)") == (False, False)


def test_mere_numbers_stand_apart() -> None:
    new = [
        *OLD[:2],
        row("1-4", number="1(2)"),
        *(item | {"number": f"1({n})"} for n, item in enumerate(OLD[2:4], 3)),
        OLD[4],
    ]
    old = [item | {"number": f"1({n})"} if n else item for n, item in enumerate(OLD)]
    old[4] = OLD[4]
    new[1] = old[1]
    found = compare(content(old), content(new))
    assert [(change.earlier_number, change.number) for change in found.renumbered] == [
        ("1(2)", "1(3)"),
        ("1(3)", "1(4)"),
    ]
    assert [change.path for change in found.rewritten] == ["1-4"]


ITEMS = st.lists(
    st.sampled_from(["1", "1-1", "1-2", "1-3", "2", "2-1", "3"]), unique=True, max_size=7
)


@given(ITEMS, ITEMS, st.data())
def test_any_two_editions_give_back_each_other(
    before: list[str], after: list[str], data: st.DataObject
) -> None:
    texts = st.sampled_from(["進める。", "改める。", ""])
    old = [row(path, data.draw(texts)) for path in before]
    new = [row(path, data.draw(texts)) for path in after]
    found = compare(content(old), content(new))
    by_path = {item["path"]: item for item in old}
    for change in found.changes:
        if change.after is None:
            del by_path[change.path]
        else:
            by_path[change.path] = dict(change.after)
    assert {path: item["body"] for path, item in by_path.items()} == {
        item["path"]: item["body"] for item in new
    }
    order = [change.path for change in found.changes if change.after is not None]
    assert order == [path for path in after if path in set(order)]
