"""What stands on the pages, and where."""

from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from core.workflow import Status
from goals.models import OperatingPolicy
from interviews.models import Interview
from packets.pieces import department
from packets.press import press
from tests.factories import UserFactory
from tests.packets.conftest import html_of, read, words

pytestmark = pytest.mark.django_db


def places(reader: PdfReader, number: int, wanted: str) -> list[tuple[float, float]]:
    """Where on a page (x, y in points) the lines that hold ``wanted`` begin."""
    found = []

    def visit(text: str, _cm: object, matrix: list[float], *_rest: object) -> None:
        if wanted in "".join(text.split()):
            found.append((matrix[4], matrix[5]))

    reader.pages[number - 1].extract_text(visitor_text=visit)
    return found


def page_with(reader: PdfReader, wanted: str) -> int:
    """The first page (from 1) that holds ``wanted``."""
    return next(n for n in range(1, len(reader.pages) + 1) if wanted in words(reader, n))


def titles(outline: list[object]) -> list[object]:
    """The bookmarks as nested lists of titles."""
    return [titles(row) if isinstance(row, list) else row.title for row in outline]


def test_goal_stands_beside_its_figures_and_the_items_that_it_answers(
    full_paper: OperatingPolicy,
) -> None:
    reader = read(html_of(full_paper))
    page = page_with(reader, "達成水準・指標・工程")
    (goal_x, goal_y) = places(reader, page, "避難所を、地域の人だけで")[0]
    (figure_x, figure_y) = places(reader, page, "22か所で運営")[0]
    (item_x, item_y) = places(reader, page, "1(1)")[0]
    assert goal_x < figure_x < item_x
    assert abs(goal_y - item_y) < 4
    assert abs(goal_y - figure_y) < 4


def test_overview_and_goals_lie_open_together(full_paper: OperatingPolicy) -> None:
    reader = read(html_of(full_paper))
    assert [page_with(reader, title) for title in ("第1概要市民の", "第2組織目標一覧重み")] == [
        2,
        3,
    ]


def test_answer_faces_the_mayors_text(full_paper: OperatingPolicy) -> None:
    reader = read(html_of(full_paper))
    page = page_with(reader, "総務部の方針")
    (item_x, item_y) = places(reader, page, "強靱なまちづくり")[0]
    (answer_x, answer_y) = places(reader, page, "共助の担い手を増やす")[0]
    assert item_x < answer_x
    assert abs(item_y - answer_y) < 4


def test_every_page_but_the_cover_carries_its_number(full_paper: OperatingPolicy) -> None:
    reader = read(html_of(full_paper))
    total = len(reader.pages)
    texts = {n: words(reader, n) for n in range(1, total + 1)}
    numbered = {n for n, text in texts.items() if f"{n}/{total}" in text}
    assert numbered == {n for n, text in texts.items() if n > 1 and text}
    assert all("令和5年度総務部｜第" in texts[n] for n in numbered)
    assert all("取扱注意" in texts[n] for n in numbered | {1})
    assert all("第1版令和5年3月27日（月）10時提出" in texts[n] for n in numbered | {1})


def test_no_page_is_blank_in_a_usual_packet(full_paper: OperatingPolicy) -> None:
    reader = read(html_of(full_paper))
    assert [n for n in range(1, len(reader.pages) + 1) if not words(reader, n)] == []


def test_bookmarks_name_parts_and_goals(full_paper: OperatingPolicy) -> None:
    assert titles(read(html_of(full_paper, "sheets")).outline) == [
        "第1　概要",
        "第2　組織目標一覧",
        "第3　市長の方針と部の方針",
        "第4　組織目標シート",
        [
            "目標1　避難所を、地域の人だけで開けられるようにする",
            "目標2　澤・髙・﨑・𠮷・葛󠄀の字を正しく扱う",
        ],
        "第5　市長の方針への対応状況",
        "第6　前年度の目標と結果",
        "第7　面談記録と指示事項",
    ]


def test_contents_give_the_page_of_each_part(full_paper: OperatingPolicy) -> None:
    reader = read(html_of(full_paper, "sheets"))
    starts = [
        reader.get_destination_page_number(row) + 1
        for row in reader.outline
        if not isinstance(row, list)
    ]
    cover = words(reader, 1)
    contents = cover[cover.index("内容") :]
    for title, start in zip(
        ("概要", "組織目標一覧", "市長の方針と部の方針", "組織目標シート2件"), starts, strict=False
    ):
        assert f"{title}{start}" in contents


def test_rare_characters_of_names_come_back(full_paper: OperatingPolicy) -> None:
    reader = read(html_of(full_paper))
    whole = "".join(words(reader, n) for n in range(1, len(reader.pages) + 1))
    assert "澤・髙・﨑・𠮷・葛󠄀の字を正しく扱う" in whole
    assert "市長葛󠄀西" in whole


def test_cover_names_day_room_and_people(full_paper: OperatingPolicy) -> None:
    cover = words(read(html_of(full_paper)), 1)
    assert "令和5年4月6日（木）10時から11時まで" in cover
    assert "会場庁議室" in cover
    assert cover.index("市長市長葛󠄀西") < cover.index("副市長副市長葛󠄀西")


def test_the_head_is_named_where_others_explain(
    full_paper: OperatingPolicy, cast: SimpleNamespace
) -> None:
    interview = Interview.objects.get()
    assert "部の長" not in html_of(full_paper)
    interview.attendees.set([cast.chief])
    assert "部の長総務部長総務部長葛󠄀西説明者防災安全課長" in words(read(html_of(full_paper)), 1)
    interview.attendees.set([cast.chief, cast.head])
    assert "部の長" not in html_of(full_paper)


def test_a_cover_with_many_names_lets_its_foot_move_on(full_paper: OperatingPolicy) -> None:
    assert department(full_paper).content["is_long_cover"] is False
    Interview.objects.get().attendees.set(UserFactory.create_batch(9))
    assert department(full_paper).content["is_long_cover"] is True
    reader = read(html_of(full_paper))
    cover = words(reader, 1) + words(reader, 2)
    assert cover.index("第6面談記録と指示事項") < cover.index("面談の終了後に回収する。")


def test_cover_says_undecided_without_an_interview(full_paper: OperatingPolicy) -> None:
    Interview.objects.all().delete()
    cover = words(read(html_of(full_paper)), 1)
    assert "日時未定会場未定面談者未定" in cover


def test_every_page_of_a_draft_says_so_instead_of_an_edition(full_paper: OperatingPolicy) -> None:
    OperatingPolicy.objects.filter(pk=full_paper.pk).update(status=Status.RETURNED)
    full_paper.refresh_from_db()
    reader = read(html_of(full_paper))
    pages = [words(reader, n) for n in range(1, len(reader.pages) + 1)]
    assert ["案取扱注意" in page for page in pages] == [True] * len(pages)
    assert "第1版" not in "".join(pages)


def test_pdf_is_tagged_titled_and_japanese(full_paper: OperatingPolicy) -> None:
    reader = read(html_of(full_paper))
    catalogue = reader.trailer["/Root"]
    assert catalogue["/Lang"] == "ja"
    assert catalogue["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == "令和5年度 総務部 運営方針・組織目標 面談資料"
    assert "http://www.aiim.org/pdfua/ns/id/" in str(reader.xmp_metadata.stream.get_data())


def test_same_record_gives_the_same_bytes(full_paper: OperatingPolicy) -> None:
    assert press(html_of(full_paper))[1] == press(html_of(full_paper))[1]


def test_only_the_fonts_of_the_project_are_embedded(full_paper: OperatingPolicy) -> None:
    fonts = {
        font.get_object()["/BaseFont"].split("+")[-1]
        for page in read(html_of(full_paper)).pages
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert fonts == {
        "BIZ-UDPMincho",
        "BIZ-UDPGothic",
        "BIZ-UDPGothic-Bold",
        "Noto-Sans-JP",
        "Noto-Sans-JP-Bold",
    }


def test_very_long_answers_are_printed_whole(full_paper: OperatingPolicy) -> None:
    full_paper.analysis = "鷺" * 4000
    full_paper.goals.update(method="鶴" * 4000, standard="鴨" * 4000)
    full_paper.responses.update(body="答。" + "鷹" * 4000)
    reader = read(html_of(full_paper, "sheets"))
    whole = "".join(words(reader, n) for n in range(1, len(reader.pages) + 1))
    counts = {character: whole.count(character) for character in "鷺鶴鴨鷹"}
    assert counts == {"鷺": 4000, "鶴": 8000, "鴨": 16_000, "鷹": 12_000}


def test_empty_paper_prints(paper: OperatingPolicy) -> None:
    reader = read(html_of(paper))
    whole = "".join(words(reader, n) for n in range(1, len(reader.pages) + 1))
    assert "組織目標は、まだない。" in whole


def test_year_without_a_policy_prints(full_paper: OperatingPolicy) -> None:
    previous = OperatingPolicy.objects.get(year=2022)
    reader = read(html_of(previous))
    whole = "".join(words(reader, n) for n in range(1, len(reader.pages) + 1))
    assert whole.count("市政運営の基本方針は、まだ登録されていない。") == 2
    assert "目標ごとの項の数" not in whole
