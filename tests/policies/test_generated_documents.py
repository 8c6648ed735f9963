"""Documents of every numbering style, wrapped and not, are read as written; no text is refused.

HYPOTHESIS_EXAMPLES=2000 looks at 2,000 of each instead of a few.
"""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading_of_layouts import every_character_has_one_place

from policies.numbering import IROHA, KATAKANA, find_mark
from policies.parsing import is_lossless, parse

many = settings(
    max_examples=int(os.environ.get("HYPOTHESIS_EXAMPLES", "80")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)

TITLE = "令和7年度市政運営の基本方針"
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
KANJI = "一二三四五六七八九"


def _at(signs: str):
    return lambda n: signs[n - 1]


WAYS = {
    "1": str,
    "１": lambda n: str(n).translate(FULL_WIDTH),
    "一": _at(KANJI),
    "Ⅰ": _at("ⅠⅡⅢⅣⅤⅥⅦⅧⅨ"),
    "I": lambda n: ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX"][n - 1],
    "ア": _at(KATAKANA),
    "ｱ": _at("ｱｲｳｴｵｶｷｸｹ"),
    "a": _at("abcdefghi"),
    "ａ": _at("ａｂｃｄｅｆｇｈｉ"),
    "①": _at("①②③④⑤⑥⑦⑧⑨"),
    "⑴": _at("⑴⑵⑶⑷⑸⑹⑺⑻⑼"),
    "・": lambda _: "・",
    "○": lambda _: "○",
    "◎": lambda _: "◎",
    "〇": lambda _: "〇",
    "A": _at("ABCDEFGHI"),
    "Ａ": _at("ＡＢＣＤＥＦＧＨＩ"),
    "❶": _at("❶❷❸❹❺❻❼❽❾"),
    "⒈": _at("⒈⒉⒊⒋⒌⒍⒎⒏⒐"),
    "イ": _at(IROHA),
}
FORMS = (
    *(f"第{{{way}}}{unit}" for way in "1１一" for unit in ("章 ", "節　", "　")),
    *(f"{{{way}}}{end}" for way in "1１一ⅠIアｱaａ" for end in ("　", " ", ". ", "．")),
    *(f"{left}{{{way}}}{right}" for way in "1１一アｱaａ" for left, right in (("(", ") "), "（）")),
    *("( {1} ) ", "（ {１} ）", "- ({1}) ", "－（{１}）", "{1}) ", "{１}）", "{1}、", "{一}、"),
    *("{①}", "{①} ", "{⑴}", "{❶}", "{⒈}", "・", "・ ", "○ ", "■", "◎　", "〇 "),
    *(
        "第{1}部 ",
        "第{１}条　",
        "〔{1}〕",
        "【{１}】",
        "［{1}］",
        "[{1}] ",
        "＜{１}＞",
        "{A}. ",
        "（{Ａ}）",
    ),
    *("基本目標{１}　", "施策{1} ", "【テーマ{１}】", "^-{1} ", "^.{1}　", "{イ}　", "（{イ}）"),
)
"""How a marker can look, with the way of its number in braces; white space after it is no part.

``^`` is the number of the level above.
"""


def _marker(form: str, number: int, above: int = 1) -> str:
    form = form.replace("^", str(above))
    start, end = form.find("{"), form.find("}")
    return (
        form if start < 0 else form[:start] + WAYS[form[start + 1 : end]](number) + form[end + 1 :]
    )


def _style(form: str) -> str:
    mark = find_mark(f"{_marker(form, 1)}市")
    assert mark is not None, form
    return mark.style.name


words = st.sampled_from(
    [
        "市民の",
        "生活を",
        "後期計画に",
        "「市の方針」を",
        "推進し、",
        "SDGsの",
        "2050年の",
        "（第3期）の",
    ]
)
sentences = st.lists(words, min_size=1, max_size=20).map(
    lambda found: f"市は、{''.join(found)}取組を進めること。"
)
headings = st.lists(
    st.sampled_from(["市民", "生活", "計画", "対応", "育成", "の推進"]), min_size=2, max_size=4
).map(lambda found: f"市{''.join(found)}")
few = st.one_of(st.just([]), st.lists(sentences, min_size=2, max_size=4))
items = st.lists(st.tuples(sentences, few), min_size=2, max_size=5)
sections = st.tuples(headings, st.lists(sentences, max_size=2), st.one_of(st.just([]), items))


def _signs_only(form: str) -> bool:
    return "{" not in form


@st.composite
def three_forms(draw) -> list[str]:
    """One form for each level; a sign may stand for the deepest."""
    counted = [form for form in FORMS if not _signs_only(form)]
    outermost = [form for form in counted if "^" not in form and "イ" not in form]
    levels = [st.sampled_from(of_level) for of_level in (outermost, counted, FORMS)]
    forms = [draw(level) for level in levels]
    while len({_style(form) for form in forms}) < len(forms):
        forms = [draw(level) for level in levels]
    return forms


class Page:
    """Lines as they come, wrapped at a width or not, with a head and a number on each page."""

    def __init__(self, width: int | None, length: int | None) -> None:
        self.width, self.length = width, length
        self.lines: list[str] = []
        self.number, self.count = 1, 0

    def write(self, text: str, margin: str = "") -> None:
        for line in self._wrapped(text):
            if self.length and self.count == self.length:
                self.lines += ["", f"- {self.number} -", f"\f{TITLE}", ""]
                self.number, self.count = self.number + 1, 0
            self.lines.append(f"{margin}{line}")
            self.count += 1

    def _wrapped(self, text: str) -> list[str]:
        lines = [""]
        for piece in _pieces(text):
            if self.width and len(lines[-1]) + len(piece) > self.width and piece not in "、。」）":
                lines.append("")
            lines[-1] += piece
        return lines

    def gap(self) -> None:
        self.lines.append("")


def _pieces(text: str) -> list[str]:
    """Characters; a number or a Latin word is one piece."""
    pieces: list[str] = []
    for character in text:
        if pieces and character.isascii() and character.isalnum() and pieces[-1].isascii():
            pieces[-1] += character
        else:
            pieces.append(character)
    return pieces


@st.composite
def documents(draw) -> tuple[str, list]:
    """A document in any of the styles, and the tree that it must be read to."""
    forms = draw(three_forms())
    width = draw(st.one_of(st.none(), st.integers(30, 45)))
    page = Page(width, draw(st.one_of(st.none(), st.integers(9, 20))) if width else None)
    margin = draw(st.sampled_from(["", "　", "  "]))
    page.lines += [TITLE, "", "令和7年3月28日", "あけぼの市長　森川　由美子", ""]
    page.write(draw(sentences))
    page.gap()
    tree = []
    for number, (heading, body, found) in enumerate(
        draw(st.lists(sections, min_size=1, max_size=4)), 1
    ):
        page.write(f"{_marker(forms[0], number)}{heading}")
        if draw(st.booleans()):
            page.gap()
        for text in body:
            page.write(text, margin)
        tree.append((heading, "\n".join(body), _write_items(page, forms, found, margin, number)))
        page.gap()
    return "\n".join(page.lines), tree


def _write_items(page: Page, forms: list[str], found: list, margin: str, above: int) -> list:
    for number, (text, subs) in enumerate(found, 1):
        page.write(f"{_marker(forms[1], number, above)}{text}", margin)
        for place, sub in enumerate(subs, 1):
            page.write(f"{_marker(forms[2], place, number)}{sub}", margin * 2)
    return [("", text, [("", sub, []) for sub in subs]) for text, subs in found]


def _tree(sections_read) -> list:
    return [(s.heading, s.body, _tree(s.items)) for s in sections_read]


@many
@given(documents())
def test_documents_of_every_style_are_read_as_written(document):
    text, tree = document
    policy = parse(text)
    assert _tree(policy.sections) == tree
    assert is_lossless(policy)
    assert every_character_has_one_place(policy)


@many
@given(st.one_of(st.text(max_size=400), documents().map(lambda document: document[0][::-1])))
def test_any_text_is_read_without_an_exception_and_without_loss(text):
    policy = parse(text)
    assert is_lossless(policy)
    assert every_character_has_one_place(policy)
    assert parse(policy.source) == policy


@many
@given(
    st.lists(
        st.sampled_from(FORMS).flatmap(
            lambda form: st.integers(1, 9).map(lambda number: _marker(form, number))
        )
        | st.sampled_from(["市民", "こと。", "\n", "、", "以上"]),
        max_size=80,
    ).map("".join)
)
def test_markers_in_any_order_are_read_without_loss(text):
    policy = parse(text)
    assert is_lossless(policy)
    assert every_character_has_one_place(policy)


@pytest.mark.parametrize(
    "unit", [".", "．", "・", "○", "①", "I", "『", "（", "１", "- 3 - ", "第1 ", "(1) ", "。", "/"]
)
def test_one_thing_without_end_is_read_without_loss(unit):
    assert is_lossless(parse(unit * 100_000))
