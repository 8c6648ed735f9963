"""The pages of days, of the book and of single papers: who sees what, and what is asked for."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from core import clock
from core.workflow import Status
from departments.models import Department, User
from goals.models import OperatingPolicy
from packets.models import DRAFT, PacketFile, PacketPart
from tests.factories import InterviewFactory, OperatingPolicyFactory, jst, packet_file

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder", "tasks_wait")]
SignIn = Callable[[User], Client]
DAYS, BOOK, SHEETS = "/packets/2023/days/", "/packets/2023/book/", "/packets/2023/sheets/"
Kind = PacketFile.Kind


@pytest.fixture
def draft(full_paper: OperatingPolicy, cast: SimpleNamespace, kenko: Department) -> OperatingPolicy:
    """健康部 still writes; the mayor interviews it after 総務部."""
    at = {"starts_at": jst(2023, 4, 6, 13), "ends_at": jst(2023, 4, 6, 14)}
    InterviewFactory(department=kenko, interviewers=[cast.mayor], **at)
    return OperatingPolicyFactory(department=kenko)


def text(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200
    main = answer.content.decode().partition("<main")[2]
    return "".join(re.sub(r"<[^>]+>", "", main).split())


def status_of(client: Client, where: str) -> int:
    answer = client.get(where)
    if answer.streaming:
        list(answer.streaming_content)  # reading to the end closes the file
    return answer.status_code


def day_of(person: User, rest: str = "build/") -> str:
    return f"{DAYS}{person.pk}/2023-04-06/{rest}"


def bound(kind: str, *papers: OperatingPolicy, **fields: object) -> PacketFile:
    """A file that shows ``papers``, each in the edition of its state."""
    editions = fields.pop("editions", None) or [
        DRAFT if paper.is_writable else "第1版" for paper in papers
    ]
    file = packet_file(None, kind=kind, year=2023, digest="b" * 64, **fields)
    PacketPart.objects.bulk_create(
        PacketPart(
            file=file,
            order=number,
            paper=paper,
            title=paper.department.name,
            edition=edition,
            status="done",
            pages=9,
        )
        for number, (paper, edition) in enumerate(zip(papers, editions, strict=True), 1)
    )
    return file


# ---- days --------------------------------------------------------------------------------------


def test_day_names_its_departments_in_order_and_those_that_do_not_go_in(
    draft: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    shown = text(client_of(cast.secretary), DAYS)
    assert "10:00総務部13:00健康部提出されていないため、入りません" in shown
    assert "13:00健康部未着手（案）" in text(client_of(cast.office), DAYS)


def test_interviewer_sees_own_days_first(
    draft: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    deputy = "".join(f"副市長{cast.deputy.name}".split())
    shown = text(client_of(cast.deputy), DAYS)
    assert shown.index(f"{deputy}あなたの面談") < shown.index(f"市長{cast.mayor.name.split()[0]}")


@pytest.mark.parametrize(
    ("person", "departments"), [("office", ["総務部", "健康部"]), ("mayor", ["総務部"])]
)
def test_day_is_asked_for_with_the_papers_that_the_person_may_print(
    draft: OperatingPolicy,
    cast: SimpleNamespace,
    client_of: SignIn,
    person: str,
    departments: list[str],
) -> None:
    client = client_of(getattr(cast, person))
    answer = client.post(day_of(cast.mayor), {"layout": "large"})
    wish = PacketFile.objects.get()
    assert answer.headers["Location"] == f"/packets/2023/files/{wish.pk}/"
    assert (wish.kind, wish.interviewer, f"{wish.day}") == ("day", cast.mayor, "2023-04-06")
    assert wish.layout == "large"
    shown = wish.parts.filter(paper__isnull=False).order_by("order")
    assert [part.title for part in shown] == departments
    assert "順番待ち様子を見る" in text(client, DAYS)


def test_days_that_are_none_are_not_there(
    draft: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.office)
    places = [
        f"{DAYS}{cast.mayor.pk}/2023-04-07/build/",
        f"{DAYS}{cast.mayor.pk}/nothing/build/",
        f"{DAYS}{cast.office.pk}/2023-04-06/build/",
    ]
    assert [client.post(where).status_code for where in places] == [404] * 3


# ---- the book ----------------------------------------------------------------------------------


def test_book_says_what_goes_in_and_what_does_not(
    draft: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    shown = text(client_of(cast.secretary), BOOK)
    assert "入る部1部、この順に綴じます総務部第1版" in shown
    assert "入らない部健康部運営方針書が提出されていません" in shown
    assert "健康部未着手の案" in text(client_of(cast.office), BOOK)


def test_book_of_the_secretary_holds_what_was_handed_in(
    draft: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    for person, departments in (("secretary", ["総務部"]), ("office", ["総務部", "健康部"])):
        client_of(getattr(cast, person)).post(BOOK)
        parts = PacketFile.objects.latest("pk").parts.filter(paper__isnull=False)
        assert [part.title for part in parts.order_by("order")] == departments


def test_book_with_a_draft_is_for_those_whose_drafts_these_are(
    draft: OperatingPolicy, full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    """Even once the draft has been handed in: what was printed is what it was."""
    drafted = bound("book", full_paper, draft)
    settled = bound("book", full_paper)
    seen = {}
    for state in (Status.DRAFT, Status.SUBMITTED):
        OperatingPolicy.objects.filter(pk=draft.pk).update(status=state)
        for person in ("office", "secretary", "mayor"):
            client = client_of(getattr(cast, person))
            seen[state, person] = [
                status_of(client, f"/packets/2023/files/{file.pk}/{rest}")
                for file in (drafted, settled)
                for rest in ("", "download/")
            ]
    insider, outsider = [200] * 4, [404, 404, 200, 200]
    expected = {"office": insider, "secretary": outsider, "mayor": outsider}
    assert seen == {key: expected[key[1]] for key in seen}


@pytest.mark.parametrize("person", ["head", "drafter", "viewer"])
def test_departments_have_no_books(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, person: str
) -> None:
    file, client = bound("book", full_paper), client_of(getattr(cast, person))
    answers = [client.get(where).status_code for where in (DAYS, BOOK, SHEETS)]
    answers += [client.post(where).status_code for where in (BOOK, day_of(cast.mayor))]
    assert answers == [403] * 5
    expected = 403 if person == "viewer" else 404
    assert client.get(f"/packets/2023/files/{file.pk}/").status_code == expected


def test_book_out_of_date_is_offered_anew(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    file, client = bound("book", full_paper, asked_at=jst(2023, 3, 28)), client_of(cast.office)
    assert "いまの内容の1冊があります" in text(client, BOOK)
    PacketFile.objects.update(outdated_at=jst(2023, 3, 28))
    shown = text(client, BOOK)
    assert "前に作った後で、内容が変わりました" in shown
    assert "いまの内容で作り直す前のものを保存する" in shown
    at = f"/packets/2023/files/{file.pk}/"
    assert "この後に、内容が変わりました" in text(client, at)
    client.post(f"{at}again/")
    assert PacketFile.objects.latest("pk").parts.filter(paper=full_paper).exists()


def test_book_names_the_parts_that_could_not_be_printed(
    full_paper: OperatingPolicy, draft: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    file = bound("book", full_paper, draft)
    file.parts.filter(order=1).update(is_kept=True)
    file.parts.filter(order=2).update(status="failed", failure="時間がかかりすぎました。")
    shown = text(client_of(cast.office), f"/packets/2023/files/{file.pk}/")
    assert "印刷できなかったものがあります。ほかの部分は、このPDFに入っています。" in shown
    assert "健康部時間がかかりすぎました。" in shown
    assert "総務部できました前に作ったものを使いました9頁" in shown


def test_progress_of_a_book_is_told_by_department(
    full_paper: OperatingPolicy, draft: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    file = bound("book", full_paper, draft, status="running", asked_at=clock.now())
    file.parts.filter(order=2).update(status="running", pages=None)
    client, at = client_of(cast.office), f"/packets/2023/files/{file.pk}/"
    html = client.get(at).content.decode()
    assert '<progress value="1" max="2"' in html
    assert "健康部作成中―" in text(client, at)
    again = re.search(r'hx-get="([^"]+)"', html)[1]
    htmx = {"HX-Request": "true"}
    assert client.get(again, headers=htmx).status_code == 204
    file.parts.filter(order=2).update(status="done", pages=4)
    assert client.get(again, headers=htmx).status_code == 200


# ---- single papers -----------------------------------------------------------------------------


@pytest.mark.parametrize("sheet", ["coverage", "form"])
def test_single_papers_are_asked_for_from_their_page(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, sheet: str
) -> None:
    client = client_of(cast.office)
    client.post(f"{SHEETS}{sheet}/")
    wish = PacketFile.objects.get()
    assert (wish.kind, wish.parts.get().paper) == (sheet, None)
    assert "順番待ち" in text(client, SHEETS)
    assert client.get(f"{SHEETS}nothing/").status_code == 404


def test_timetable_of_a_day_is_asked_for(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.mayor)
    assert client.post(f"{SHEETS}timetable/{cast.mayor.pk}/2023-04-06/").status_code == 302
    assert (PacketFile.objects.get().kind, PacketFile.objects.get().paper) == ("timetable", None)


def test_preview_of_single_papers_is_what_is_printed(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.secretary)
    words = {
        "coverage/": "総務部",
        "form/": "運営方針",
        f"timetable/{cast.mayor.pk}/2023-04-06/": "総務部",
    }
    for sheet, word in words.items():
        html = client.get(f"{SHEETS}{sheet}").content.decode()
        assert word in html
        assert f'action="{SHEETS}{sheet}"' in html
        assert f'href="{SHEETS}"' in html
        assert [bad for bad in ("style=", "<script", "<style") if bad in html] == []
