"""Any text is read without an exception and without loss; this layout is read as written."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.lines import compact
from policies.parsing import ParsedPolicy, ParsedSection, is_lossless, parse


def tree(policy: ParsedPolicy) -> list[tuple]:
    """Markers, headings and texts only."""

    def of(section: ParsedSection) -> tuple:
        return section.marker, section.heading, section.body, [of(item) for item in section.items]

    return [of(section) for section in policy.sections]


def test_an_unnumbered_speech_gives_its_paragraphs_and_no_items():
    policy = parse(
        "令和6年度施政方針\n\n本日、定例会の開会に当たり、\n所信を申し上げます。\n\n防災について\n\n"
        "首都直下地震に備え、\n\n対策を強化します。\n\nまた、訓練をします。"
    )
    assert policy.sections == ()
    assert policy.preamble == (
        "本日、定例会の開会に当たり、所信を申し上げます。",
        "防災について",
        "首都直下地震に備え、対策を強化します。",
        "また、訓練をします。",
    )


@pytest.mark.parametrize("text", ["", " \n\u3000\n", "\ufeff", "\n\n\n"])
def test_text_without_content_gives_an_empty_document(text):
    policy = parse(text)
    assert (policy.sections, policy.preamble, policy.title) == ((), (), "")


RARE = "𠮷野家の髙﨑と葛\U000e0100飾、①㈱～"


def test_characters_are_kept_as_typed():
    policy = parse(f"令和5年度方針\n\n1 対応\n(1) {RARE}とすること。")
    assert policy.sections[0].items[0].body == f"{RARE}とすること。"


words = st.sampled_from(
    [
        "市民",
        "生活",
        "計画",
        "「後期実行計画」",
        "を",
        "に",
        "推進し、",
        "環境",
        "SDGs",
        "2050年",
        "（第3期）",
    ]
)
sentences = st.lists(words, min_size=4, max_size=20).map(lambda w: "市は、" + "".join(w) + "こと。")
headings = st.lists(
    st.sampled_from(["市民", "生活", "計画", "対応", "育成"]), min_size=1, max_size=4
).map("".join)
bodies = st.lists(sentences, max_size=2)
outlines = st.lists(
    st.tuples(headings, bodies, st.lists(sentences, max_size=5)), min_size=1, max_size=6
)


@st.composite
def documents(draw) -> tuple[str, list]:
    """A document of the seed's layout, and the tree that it must be read to."""
    outline = draw(outlines)
    lines = [
        "",
        "令和5年3月31日",
        "",
        "令和5年度市政運営の基本方針",
        "",
        "国分寺市長 井澤 邦夫",
        "",
    ]
    for preamble in draw(bodies):
        lines += [preamble, ""]
    for number, (heading, body, items) in enumerate(outline, 1):
        lines += [f"{number} {heading}", ""]
        for paragraph in body:
            lines += [paragraph, ""]
        for count, item in enumerate(items, 1):
            lines += [draw(st.sampled_from(["- ", ""])) + f"({count}) {_cut(item, draw)}"]
            lines += [""] * draw(st.integers(0, 1))
    expected = [
        (str(n), heading, "\n".join(body), [(f"({c})", "", t, []) for c, t in enumerate(items, 1)])
        for n, (heading, body, items) in enumerate(outline, 1)
    ]
    return "\n".join(lines), expected


def _cut(item: str, draw) -> str:
    """Some items are cut by a page break, after a pause as in the seed."""
    places = [at for at, character in enumerate(item, 1) if character == "、"]
    if not draw(st.booleans()):
        return item
    at = draw(st.sampled_from(places))
    return f"{item[:at]}\n\n{item[at:]}"


@settings(max_examples=150, deadline=None)
@given(documents())
def test_generated_documents_of_this_layout_are_read_as_written(document):
    text, expected = document
    policy = parse(text)
    assert tree(policy) == expected
    assert is_lossless(policy)


def _every_character_has_one_place(policy: ParsedPolicy) -> bool:
    at = 0
    for span in policy.spans:
        if span.start < at or compact(policy.source[at : span.start]):
            return False
        at = span.end
    return not compact(policy.source[at:])


pieces = st.sampled_from(
    [
        "1 ",
        "2 ",
        "(1) ",
        "(2) ",
        "（１）",
        "- (1) ",
        "①",
        "②",
        "ア ",
        "イ ",
        "第1 ",
        "第２章",
        "- 1 -",
    ]
    + [
        "a ",
        "b ",
        "３",
        "\n",
        "\n\n",
        "\f",
        "　",
        "対応",
        "こと。",
        "、",
        "「",
        "」",
        "（",
        "）",
        "記",
    ]
    + [
        "以上",
        "令和5年3月31日",
        "令和5年度方針",
        "市長 甲",
        "殿",
        "Latin ",
        "words",
        "\r\n",
        "\x00",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(pieces, max_size=60).map("".join))
def test_any_mixture_of_these_pieces_is_read_without_loss(text):
    policy = parse(text)
    assert is_lossless(policy)
    assert _every_character_has_one_place(policy)
    assert parse(policy.source) == policy


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_arbitrary_text_is_read_without_loss(text):
    policy = parse(text)
    assert is_lossless(policy)
    assert _every_character_has_one_place(policy)


@pytest.mark.parametrize(
    "unit",
    ["「", "(", "1", "1.", "　", " ", "- ", "(1", "第", "一", "ア ", "。", "」", "令和5年", "市長"],
)
def test_a_long_line_of_one_thing_is_read_at_once(unit):
    policy = parse(unit * 100_000)
    assert is_lossless(policy)


@pytest.mark.parametrize("line", ["(1)", "1 あ", "あ、", "- 3 -", "(", "a b"])
def test_many_lines_of_one_thing_are_read(line):
    policy = parse(f"{line}\n" * 5_000)
    assert is_lossless(policy)
