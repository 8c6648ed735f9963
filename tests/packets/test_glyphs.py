"""Which characters the packet can print, and where the others stand."""

import pytest

from packets import glyphs
from packets.glyphs import Missing, missing, printable, spots
from packets.places import texts
from packets.press import FACES, FONTS


def codes(text: str) -> list[str]:
    return [one.code for one in missing([("場所", text)])]


@pytest.mark.parametrize(
    "text",
    [
        "澤髙﨑𠮷葛󠄀①㈱△～―",
        "葛󠄁辻󠄀辻󠄁",
        "俱剝瘦𡈽𠀋か゚",
        "㌔㎡℃№Ⅲ㍿㋿",
        "H₂O CO₂ ☑ ✔ ♿",
        "Tiếng Việt, Français, Ελλάδα, Москва",
        "🚒👨‍👩‍👧☀️1️⃣",
        "行1\n行2\t\u3000\u00a0\u00ad\u200d\u2060",
        "",
    ],
)
def test_what_a_city_writes_is_printed_as_written(text: str) -> None:
    assert codes(text) == []
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "named", "printed"),
    [
        ("한국", ["U+D55C", "U+AD6D"], "〓〓"),
        ("氏名 \ue000", ["U+E000"], "氏名 〓"),
        ("مرحبا", ["U+0645", "U+0631", "U+062D", "U+0628", "U+0627"], "〓〓〓〓〓"),
        ("\U0010fffe", ["U+10FFFE"], "〓"),
        ("葛󠄂市", ["U+845B U+E0102"], "葛市"),
        ("한󠄂", ["U+D55C"], "〓"),
        ("한한", ["U+D55C"], "〓〓"),
    ],
)
def test_what_no_face_has_is_named_and_printed_as_geta(
    text: str, named: list[str], printed: str
) -> None:
    assert codes(text) == named
    assert printable(text) == printed


def test_all_characters_of_windows_and_of_jis_x_0213_are_held() -> None:
    wanted = {
        chr(code)
        for code in range(0x20, 0x30000)
        if any(_writes(chr(code), codec) for codec in ("cp932", "shift_jisx0213", "shift_jis_2004"))
    }
    private = {sign for sign in wanted if "\ue000" <= sign <= "\uf8ff"}
    lost = {sign for sign in wanted - private if not glyphs.is_drawn(sign) and sign.isprintable()}
    assert len(wanted) > 11_000
    assert lost == set()


def _writes(sign: str, codec: str) -> bool:
    try:
        sign.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def test_private_characters_are_called_so_and_not_shown() -> None:
    assert [one.said for one in missing([("題名", "\ue000と한")])] == [
        "外字（U+E000）",
        "한（U+D55C）",
    ]


def test_list_is_by_place_and_stays_short() -> None:
    found = missing([("題名", "한葛󠄂"), ("方策", "".join(map(chr, range(0xAC00, 0xAC00 + 23))))])
    first, second = spots(found)
    assert (first.place, first.blank, first.shapes) == (
        "題名",
        ["한（U+D55C）"],
        ["葛󠄂（U+845B U+E0102）"],
    )
    assert second.blank[-2:] == ["갓（U+AC13）", "ほか3字"]
    assert len(second.blank) == glyphs.AT_MOST + 1
    assert second.shapes == []


def test_weights_of_a_family_hold_the_same_characters() -> None:
    """So that a word in bold loses nothing."""
    for family in {family for family, _weight, _name in FACES}:
        held = [glyphs._tables(name)[0] for own, _weight, name in FACES if own == family]
        assert all(one == held[0] for one in held)


def test_mincho_and_gothic_hold_the_same_characters() -> None:
    mincho, *gothic = (glyphs._tables(name)[0] for name in FIRST)
    assert all(one == mincho for one in gothic)


FIRST = [name for family, _weight, name in FACES if family.startswith("BIZ")]


def test_every_face_has_its_licence_beside_it() -> None:
    packages = {family.replace("BIZ UDP", "biz udp").lower() for family, _weight, _name in FACES}
    licences = {f"OFL-{name.replace(' ', '-')}.txt" for name in packages}
    assert licences <= {path.name for path in FONTS.iterdir()}


def test_places_are_said_in_words() -> None:
    goal = {
        "number": 2,
        "title": "避難所を開ける",
        "methods": ["方策1"],
        "anchor": "goal-2",
        "items": [{"number": "1-1", "anchor": "item-1-1"}],
        "indicators": [{"name": "訓練", "unit": "回", "kind": "活動指標"}],
        "yet_unknown": {"deep": ["値"]},
    }
    item = {
        "number": "1-1",
        "quote": [[{"text": "市長の文"}]],
        "lead": "まず。",
        "answer": ["次に。"],
    }
    content = {
        "meeting": {"room": "庁議室", "interviewers": [{"title": "市長", "name": "井澤"}]},
        "overview": {
            "mission": ["使命"],
            "changes": [{"goal": goal}],
        },
        "policy": {"title": "基本方針", "preamble": ["前文"]},
        "texts": [{"title": "現状と課題", "paragraphs": ["課題"]}],
        "chapters": [{"heading": "安全", "items": [item]}],
        "goals": [goal],
        "coverage": {"again": "避難所を開ける"},
        "quite_new": ["何か"],
    }
    place = "組織目標2「避難所を開ける」"
    assert texts(content) == [
        ("会場", "庁議室"),
        ("面談者", "市長"),
        ("面談者", "井澤"),
        ("部の使命", "使命"),
        ("基本方針の題名", "基本方針"),
        ("基本方針の前文", "前文"),
        ("現状と課題", "課題"),
        ("市長の方針「安全」", "安全"),
        ("市長の方針1-1", "1-1"),
        ("市長の方針1-1", "市長の文"),
        ("市長の方針1-1への部の方針", "まず。"),
        ("市長の方針1-1への部の方針", "次に。"),
        (f"{place}の題名", "避難所を開ける"),
        (f"{place}の方策", "方策1"),
        (place, "値"),
        (f"{place}の指標「訓練」の名称", "訓練"),
        (f"{place}の指標「訓練」の単位", "回"),
        ("面談資料", "何か"),
    ]


def test_place_and_character_are_kept_as_plain_values() -> None:
    one = Missing("葛󠄂", "部の使命", glyphs.OTHER_SHAPE)
    assert one.as_plain() == {
        "character": "葛󠄂",
        "code": "U+845B U+E0102",
        "kind": "異体字の指定",
        "place": "部の使命",
    }
