"""Whatever is corrected in whatever order, nothing is lost and nothing invented.

HYPOTHESIS_EXAMPLES=2000 looks at 2,000 of each instead of a few.
"""

import os
from dataclasses import fields

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from policies import edits
from policies.lines import compact
from policies.outline import Outline, from_json, is_whole, outline_of, preamble, to_json, written
from policies.parsing import parse

many = settings(
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "80")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

NUMBERED = """令和7年3月28日
令和7年度市政運営の基本方針
あけぼの市長　森川　由美子

各部は、次のとおり取り組むこと。

1 市民の生活
- (1) 防災の取組を進めること。また、備蓄を
増やすこと。
(2) 見守りの取組
地域で支えること。
ア　高齢者
イ　子どもを支えること。

- 2 -

2 職員の育成
(1) 研修を充実すること。
(4) 飛んだ番号の文である。
以上
"""
SPEECH = """施政方針

本日ここに、令和7年度の施政方針を申し上げます。
防災では、備蓄倉庫を新設します。次に、子育てでは、
学童保育を増やします。

終わりに、皆様の御協力をお願い申し上げます。
"""

texts = st.one_of(
    st.sampled_from([NUMBERED, SPEECH]),
    st.lists(
        st.sampled_from(
            [
                *(
                    "1 市民の生活\n",
                    "2 職員\n",
                    "(1) 研修を進めること。\n",
                    "(2) 支援\n",
                    "ア　備蓄\n",
                ),
                *(
                    "文が続き、\n",
                    "終わる。\n",
                    "\n",
                    "- 3 -\n",
                    "以上\n",
                    "か",
                    "゙",
                    "・",
                    "　",
                    "\f",
                ),
            ]
        ),
        max_size=30,
    ).map("".join),
    st.text(max_size=80),
)
outlines = texts.map(lambda text: outline_of(parse(text)))
words = st.one_of(
    st.sampled_from(
        ["", "防災", "(2)", "１ 新しい文。", "一つ目の文、\n二つ目の文。", "゙", "\n\n", "・"]
    ),
    st.text(max_size=12),
)


@st.composite
def edits_of(draw, outline: Outline) -> edits.Edit:
    """An edit of any kind, mostly one that fits ``outline``."""
    ids = [node.id for node in outline.nodes]
    node = draw(st.sampled_from(ids) if ids else st.integers(0, 3))
    offset = st.integers(0, len(outline.source) + 1)
    start = draw(offset)
    end = min(start + draw(st.integers(0, 40)), len(outline.source))
    kind = draw(st.sampled_from(sorted(edits.KINDS)))
    values = {
        "node": node,
        "at": (start,) if draw(st.booleans()) else (start, end),
        "start": start,
        "end": end,
        "depth": draw(st.one_of(st.none(), st.integers(-1, 6))),
        "marker": draw(words),
        "heading": draw(words),
        "text": draw(words),
        "is_open": draw(st.sampled_from([True, False, None])),
    }
    edit = edits.KINDS[kind]
    return edit(**{field.name: values[field.name] for field in fields(edit)})


@many
@given(st.data())
def test_any_sequence_of_edits_leaves_a_whole_outline(data):
    outline = data.draw(outlines)
    assert is_whole(outline)
    for _ in range(data.draw(st.integers(1, 12))):
        edit = data.draw(edits_of(outline))
        after = attempt(outline, edit)
        if after is None:
            continue
        assert edits.label_of(outline, edit)
        assert is_whole(after)
        assert all_texts(after) == compact(after.source)
        if edit.kind not in {"reword", "add", "drop"}:
            assert after.source == outline.source
        assert from_json(after.source, to_json(after)) == after
        assert edits.edit_from_json(edits.edit_to_json(edit)) == edit
        outline = after


def attempt(outline: Outline, edit: edits.Edit) -> Outline | None:
    """The outline after ``edit``; None where it was refused, with a sentence."""
    try:
        edits.label_of(outline, edit)
        return edits.apply(outline, edit)
    except edits.CannotEdit as problem:
        refusal = str(problem)
    assert refusal.endswith("。")
    return None


def all_texts(outline: Outline) -> str:
    return compact("".join(outline.source[p.start : p.end] for p in outline.pieces))


def texts_of(outline: Outline) -> list[tuple[str, str, int]]:
    return [(found.heading, found.body, found.node.depth) for found in written(outline)]


@many
@given(st.data())
def test_split_then_join_gives_back_the_same_texts(data):
    outline = data.draw(outlines)
    if not outline.nodes:
        return
    node = data.draw(st.sampled_from([node.id for node in outline.nodes]))
    at = data.draw(st.integers(0, len(outline.source)))
    try:
        split = edits.apply(outline, edits.Split(node, (at,)))
    except edits.CannotEdit:
        return
    part = max(found.id for found in split.nodes)
    joined = edits.apply(split, edits.Join(part))
    assert texts_of(joined) == texts_of(outline)
    assert joined.nodes == outline.nodes


@many
@given(st.data())
def test_other_words_of_one_node_change_no_other_text(data):
    outline = data.draw(outlines)
    if not outline.nodes:
        return
    node = data.draw(st.sampled_from([node.id for node in outline.nodes]))
    try:
        after = edits.apply(outline, edits.Reword(node, data.draw(words)))
    except edits.CannotEdit:
        return
    assert others(after, node) == others(outline, node)
    assert preamble(after) == preamble(outline)


def others(outline: Outline, node: int) -> list[tuple[int, str, str]]:
    rows = ((found.node.id, found.heading, found.body) for found in written(outline))
    return [row for row in rows if row[0] != node]


@many
@given(st.data())
def test_unmark_takes_back_mark(data):
    outline = data.draw(outlines)
    start = data.draw(st.integers(0, len(outline.source)))
    end = start + data.draw(st.integers(1, 60))
    try:
        marked = edits.apply(outline, edits.Mark(start, end))
    except edits.CannotEdit:
        return
    item = max(found.id for found in marked.nodes)
    given_back = edits.apply(marked, edits.Unmark(item))
    assert [n.id for n in given_back.nodes] == [n.id for n in outline.nodes]
    assert preamble(given_back) == preamble(outline)


@many
@given(texts)
def test_texts_of_an_outline_are_those_of_the_parser(text):
    parsed = parse(text)
    outline = outline_of(parsed)
    assert texts_of(outline) == [row for root in parsed.sections for row in rows(root, 0)]
    assert preamble(outline) == list(parsed.preamble)


def rows(section, depth):
    yield section.heading, section.body, depth
    for item in section.items:
        yield from rows(item, depth + 1)
