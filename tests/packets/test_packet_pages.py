"""The pages of the departments' packets and of their files: who sees which, what is made, what
leaves a line."""

import datetime as dt
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from pypdf import PdfReader

from core import clock
from core.models import AuditEvent
from core.workflow import Status
from departments.models import Department, User
from goals.models import OperatingPolicy
from packets.actions.printing import print_file
from packets.models import DRAFT, PATIENCE, PacketFile
from packets.pieces import department
from tests.factories import InterviewFactory, OperatingPolicyFactory, jst, packet_file

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LIST = "/packets/2023/"
PREVIEW = "/packets/2023/somu/"
BUILD = "/packets/2023/somu/build/"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def own_files(settings: SimpleNamespace, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.PACKET_PRESSES = 1


@pytest.fixture
def file(full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn) -> PacketFile:
    """The packet of 総務部, made."""
    client_of(cast.office).post(BUILD)
    return PacketFile.objects.get()


def address(file: PacketFile, rest: str = "") -> str:
    return f"/packets/2023/files/{file.pk}/{rest}"


def page(client: Client, where: str) -> str:
    answer = client.get(where)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def text(html: str) -> str:
    """What one reads, without white space."""
    return "".join(re.sub(r"<[^>]+>", "", html.partition("<main")[2]).split())


def filled_buttons(html: str) -> list[str]:
    return re.findall(r'button--main"[^>]*>([^<]+)<', html.partition("<main")[2])


def departments_on(html: str) -> list[str]:
    main = html.partition("<main")[2]
    return [name for name in ("健康部", "総務部") if re.search(rf"<(th|h2)[^>]*>{name}", main)]


# ---- the list ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "seen"),
    [
        ("head", ["総務部"]),
        ("drafter", ["総務部"]),
        ("other_head", []),
        ("incoming_head", ["健康部"]),
        ("mayor", ["総務部"]),
        ("secretary", ["総務部"]),
        ("office", ["健康部", "総務部"]),
    ],
)
def test_list_shows_the_packets_that_a_person_may_print(
    full_paper: OperatingPolicy,
    cast: SimpleNamespace,
    kenko: Department,
    client_of: SignIn,
    person: str,
    seen: list[str],
) -> None:
    OperatingPolicyFactory(department=kenko)
    assert departments_on(page(client_of(getattr(cast, person)), LIST)) == seen


def test_posts_of_the_city_are_told_which_department_has_not_handed_in(
    full_paper: OperatingPolicy, cast: SimpleNamespace, kenko: Department, client_of: SignIn
) -> None:
    OperatingPolicyFactory(department=kenko)
    assert "まだ提出されていない部健康部（提出されると" in text(page(client_of(cast.mayor), LIST))
    assert "健康部" not in text(page(client_of(cast.head), LIST))


@pytest.mark.parametrize("person", ["viewer", "administrator", "nobody"])
def test_posts_without_packets_are_refused(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, person: str
) -> None:
    client = client_of(getattr(cast, person))
    answers = [client.get(LIST), client.get(PREVIEW), client.post(BUILD)]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert not PacketFile.objects.exists()


def test_list_follows_the_interviews(
    full_paper: OperatingPolicy, cast: SimpleNamespace, kenko: Department, client_of: SignIn
) -> None:
    OperatingPolicyFactory(department=kenko)
    html = page(client_of(cast.office), LIST)
    assert html.index(">総務部<") < html.index(">健康部<")
    InterviewFactory(department=kenko, starts_at=jst(2023, 4, 6, 9), ends_at=jst(2023, 4, 6, 10))
    html = page(client_of(cast.office), LIST)
    assert html.index(">健康部<") < html.index(">総務部<")


@pytest.mark.parametrize(
    ("fields", "told", "offered"),
    [
        (None, "まだありません", "作る"),
        ({"status": "waiting", "beat_at": jst(2099, 1, 1)}, "順番待ち", "様子を見る"),
        ({"status": "running", "beat_at": jst(2099, 1, 1)}, "作成中", "様子を見る"),
        ({"status": "done"}, "できました", "保存"),
        ({"outdated_at": jst(2023, 3, 28)}, "内容が変わりました", "前のを保存：総務部作り直す"),
        (
            {"status": "failed", "failure": "長すぎます。"},
            "作れませんでした長すぎます。",
            "作り直す",
        ),
        ({"status": "stopped"}, "停止しました", "作り直す"),
    ],
)
def test_row_says_how_far_the_packet_is_and_what_to_do(
    full_paper: OperatingPolicy,
    cast: SimpleNamespace,
    client_of: SignIn,
    fields: dict[str, object] | None,
    told: str,
    offered: str,
) -> None:
    if fields is not None:
        packet_file(full_paper, asked_at=jst(2023, 3, 28), edition="第1版", **fields)
    row = text(page(client_of(cast.office), LIST)).partition("総務部4月6日")[2]
    assert told in row
    assert f"{offered}：総務部" in row


def test_file_that_was_cleared_away_can_be_made_anew(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    packet_file(full_paper, asked_at=jst(2023, 3, 28)).path.unlink()
    shown = text(page(client_of(cast.office), LIST))
    assert "整理されました作り直す：総務部" in shown


def test_head_of_one_department_has_one_button(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.head)
    assert filled_buttons(page(client, LIST)) == ["PDFを作る"]
    packet_file(full_paper, asked_at=jst(2023, 3, 28))
    assert filled_buttons(page(client, LIST)) == ["PDFを保存する"]


def test_office_makes_all_that_is_not_ready_at_once(
    full_paper: OperatingPolicy,
    cast: SimpleNamespace,
    kenko: Department,
    client_of: SignIn,
    tasks_wait: None,
) -> None:
    OperatingPolicyFactory(department=kenko)
    client = client_of(cast.office)
    assert "0／1件できましたまだありません1できていない1件を作る" in text(page(client, LIST))
    assert client.post("/packets/2023/files/").headers["Location"] == LIST
    assert [wish.paper for wish in PacketFile.objects.all()] == [full_paper]
    shown = text(page(client, LIST))
    assert "0／1件できました順番待ち1" in shown
    assert "件を作る" not in shown


def test_list_looks_again_only_while_something_is_underway(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.office)
    assert "hx-get" not in page(client, LIST)
    wish = packet_file(full_paper, status="running", beat_at=clock.now())
    html = page(client, LIST)
    where = re.search(r'hx-get="([^"]+)" hx-trigger="every 3s"', html)[1].replace("&amp;", "&")
    assert '<meta http-equiv="refresh" content="5">' in html
    assert client.get(where, headers=HTMX).status_code == 204
    PacketFile.objects.filter(pk=wish.pk).update(status="failed")
    changed = client.get(where, headers=HTMX)
    assert (changed.status_code, b"hx-get" in changed.content) == (200, False)
    assert b"<html" not in changed.content


def test_office_sees_who_made_and_who_took_packets(
    file: PacketFile, cast: SimpleNamespace, client_of: SignIn
) -> None:
    list(client_of(cast.secretary).get(address(file, "download/")).streaming_content)
    name = "".join(cast.secretary.name.split())
    line = f"保存（持ち出し）令和5年度_総務部_面談資料.pdf第1版{name}"
    assert line in text(page(client_of(cast.office), LIST))
    assert line in text(page(client_of(cast.office), address(file)))
    assert "持ち出し" not in text(page(client_of(cast.secretary), LIST))
    assert "持ち出し" not in text(page(client_of(cast.head), address(file)))


# ---- rights --------------------------------------------------------------------------------------


def test_packet_of_another_department_is_not_there(
    file: PacketFile, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.incoming_head)
    answers = [
        client.get(PREVIEW),
        client.post(BUILD),
        client.get(address(file)),
        client.get(address(file, "download/")),
        client.post(address(file, "stop/")),
        client.post(address(file, "again/")),
        client.get("/packets/2023/unknown/"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 7
    assert all("総務部" not in answer.content.decode() for answer in answers)


def test_file_of_a_draft_stays_with_the_insiders_after_it_was_handed_in(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    file = packet_file(full_paper, edition=DRAFT)
    people = ("head", "drafter", "office", "mayor", "secretary")
    statuses = {p: client_of(getattr(cast, p)).get(address(file)).status_code for p in people}
    assert statuses == {"head": 200, "drafter": 200, "office": 200, "mayor": 404, "secretary": 404}
    assert "まだありません" in text(page(client_of(cast.mayor), LIST))


def test_draft_is_hidden_from_the_mayor(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    OperatingPolicy.objects.filter(pk=full_paper.pk).update(status=Status.DRAFT)
    assert client_of(cast.mayor).get(PREVIEW).status_code == 404
    assert client_of(cast.office).get(PREVIEW).status_code == 200


def test_file_is_found_in_its_own_year_alone(
    file: PacketFile, cast: SimpleNamespace, client_of: SignIn
) -> None:
    for year in (2022, 2024):
        where = f"/packets/{year}/files/{file.pk}/download/"
        assert client_of(cast.office).get(where).status_code == 404


# ---- from the wish to the file ----------------------------------------------------------------------


def test_packet_is_made_and_downloaded_with_a_line_for_each(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.office)
    answer = client.post(BUILD)
    file = PacketFile.objects.get()
    assert answer.headers["Location"] == address(file)
    assert (file.status, file.edition, file.asked_by) == ("done", "第1版", cast.office)
    assert "できましたPDFを保存する" in text(page(client, address(file)))
    download = client.get(address(file, "download/"))
    content = b"".join(download.streaming_content)
    assert len(PdfReader(BytesIO(content)).pages) == file.pages
    assert len(content) == file.size
    assert download.headers["Content-Type"] == "application/pdf"
    assert download.headers["Cache-Control"] == "no-store, private"
    assert download.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    verbs = AuditEvent.objects.filter(subject=f"goals.operatingpolicy/{full_paper.pk}")
    assert list(verbs.values_list("verb", "actor", "label")) == [
        ("packet.build", cast.office.pk, "令和5年度_総務部_面談資料.pdf"),
        ("packet.download", cast.office.pk, "令和5年度_総務部_面談資料.pdf"),
    ]


def test_line_of_a_download_is_there_before_its_first_byte(
    file: PacketFile, cast: SimpleNamespace, client_of: SignIn
) -> None:
    answer = client_of(cast.head).get(address(file, "download/"))
    assert AuditEvent.objects.filter(verb="packet.download").count() == 1
    list(answer.streaming_content)
    client_of(cast.head).get(address(file))
    client_of(cast.head).get(address(file), headers=HTMX)
    assert AuditEvent.objects.filter(verb="packet.download").count() == 1


def test_unchanged_paper_is_not_printed_twice(
    file: PacketFile, cast: SimpleNamespace, client_of: SignIn
) -> None:
    assert client_of(cast.head).post(BUILD).headers["Location"] == address(file)
    assert PacketFile.objects.count() == 1


def test_file_says_exactly_whether_the_record_has_changed(
    file: PacketFile, full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.office)
    body = full_paper.responses.get(section__path="1-1").body
    answers = full_paper.responses.filter(section__path="1-1")
    answers.update(body="書き直した。")
    assert "この後に、内容が変わりました" in text(page(client, address(file)))
    client.post(address(file, "again/"))
    first, second = PacketFile.objects.order_by("pk")
    assert first.digest != second.digest
    assert "できました" in text(page(client, address(second)))
    answers.update(body=body)
    assert "この後に、内容が変わりました" not in text(page(client, address(first)))
    client.post(address(second, "again/"))
    newest = PacketFile.objects.latest("pk")
    assert (newest.digest, newest.pk > second.pk) == (first.digest, True)


def test_lost_file_is_printed_again(
    file: PacketFile, cast: SimpleNamespace, client_of: SignIn
) -> None:
    file.path.unlink()
    client = client_of(cast.office)
    answer = client.get(address(file, "download/"))
    assert answer.status_code == 409
    assert "片付けられました" in answer.content.decode()
    assert "ファイルは整理されました" in text(page(client, address(file)))
    client.post(address(file, "again/"))
    assert PacketFile.objects.count() == 2
    assert file.path.exists()


def test_failed_packet_names_its_department(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    sentence = "総務部の面談資料を作れませんでした。頁数が多すぎます。"
    file = packet_file(full_paper, status="failed", failure=sentence)
    client = client_of(cast.office)
    assert f"作れませんでした{sentence}やり直す" in text(page(client, address(file)))
    assert client.get(address(file, "download/")).status_code == 409


def test_packet_that_cannot_be_kept_fails_with_a_sentence(
    full_paper: OperatingPolicy,
    cast: SimpleNamespace,
    client_of: SignIn,
    settings: SimpleNamespace,
) -> None:
    settings.MEDIA_ROOT = Path("/proc/nowhere")
    client_of(cast.office).post(BUILD)
    assert PacketFile.objects.get().failure == (
        "総務部の面談資料を作れませんでした。保存する場所に書き込めませんでした。"
    )


@pytest.fixture
def wish(full_paper: OperatingPolicy, cast: SimpleNamespace) -> PacketFile:
    """A wish that somebody works on."""
    fields = {"digest": "0" * 64, "status": "running", "asked_by": cast.office}
    return packet_file(full_paper, asked_at=clock.now(), **fields)


def test_page_looks_again_by_itself_until_the_packet_is_there(
    wish: PacketFile, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.office)
    html = page(client, address(wish))
    where = re.search(r'hx-get="([^"]+)" hx-trigger="every 2s"', html)[1]
    assert '<meta http-equiv="refresh" content="4">' in html
    assert client.get(where, headers=HTMX).status_code == 204
    packet_file(wish.paper, digest=wish.digest).delete()
    PacketFile.objects.update(status="done", pages=9, size=9, edition="第1版")
    changed = client.get(where, headers=HTMX)
    assert changed.status_code == 200
    assert [word in changed.content.decode() for word in ("hx-trigger", "<html")] == [False, False]
    assert "data-starts" in changed.content.decode()
    assert "data-starts" not in page(client, address(wish))


def test_wish_is_stopped_once_and_made_anew(
    wish: PacketFile, cast: SimpleNamespace, client_of: SignIn
) -> None:
    client = client_of(cast.head)
    assert client.post(address(wish, "stop/")).headers["Location"] == address(wish)
    wish.refresh_from_db()
    assert wish.status == "stopped"
    assert "作成を停止しました" in text(page(client, address(wish)))
    assert client.post(address(wish, "stop/")).status_code == 409
    client.post(address(wish, "again/"))
    assert PacketFile.objects.latest("pk").status == "done"


def test_silence_of_a_minute_is_told_with_whom_to_tell(
    wish: PacketFile, cast: SimpleNamespace, client_of: SignIn
) -> None:
    told = "印刷のプログラムが止まっているようです"
    client = client_of(cast.office)
    assert told not in page(client, address(wish))
    PacketFile.objects.update(beat_at=clock.now() - dt.timedelta(seconds=90))
    shown = text(page(client, address(wish)))
    assert told in shown
    assert "システム管理者へ連絡してください" in shown
    packet_file(OperatingPolicyFactory(), beat_at=clock.now(), digest="5" * 64)
    assert told not in page(client, address(wish))


def test_packet_without_a_worker_is_given_up_and_made_anew(
    wish: PacketFile, cast: SimpleNamespace, client_of: SignIn
) -> None:
    PacketFile.objects.update(beat_at=clock.now() - PATIENCE)
    client = client_of(cast.office)
    html = page(client, address(wish))
    assert "総務部の面談資料が10分たっても出来上がりません。" in html
    assert "hx-trigger" not in html
    client.post(address(wish, "again/"))
    assert PacketFile.objects.order_by("-pk")[0].status == "done"


def test_asking_twice_at_once_makes_one_wish(
    wish: PacketFile, cast: SimpleNamespace, client_of: SignIn, full_paper: OperatingPolicy
) -> None:
    PacketFile.objects.update(digest=department(full_paper).digest)
    assert client_of(cast.head).post(BUILD).headers["Location"] == address(wish)
    assert PacketFile.objects.count() == 1


def test_get_makes_nothing(file: PacketFile, cast: SimpleNamespace, client_of: SignIn) -> None:
    client = client_of(cast.office)
    places = [BUILD, "/packets/2023/files/", address(file, "stop/"), address(file, "again/")]
    assert [client.get(where).status_code for where in places] == [405] * 4
    assert PacketFile.objects.count() == 1


@pytest.mark.parametrize("year", ["0", "1999", "99999", "9" * 30])
def test_years_that_are_not_laid_out_are_not_there(
    cast: SimpleNamespace, client_of: SignIn, year: str
) -> None:
    client = client_of(cast.office)
    places = ["", "somu/", "days/", "book/", "sheets/", "sheets/form/", "files/1/"]
    assert {client.get(f"/packets/{year}/{place}").status_code for place in places} == {404}


# ---- preview and layout --------------------------------------------------------------------------


def test_preview_is_the_printed_document_without_inline_style(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn
) -> None:
    html = client_of(cast.head).get(PREVIEW).content.decode()
    assert html.count("<h1") == 1
    assert "避難所を、地域の人だけで開けられるようにする" in html
    assert "css/packet.css" in html
    assert [word for word in ("style=", "<script", "<style", "onclick") if word in html] == []


def test_layout_that_is_chosen_holds_for_preview_pdf_and_list(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, tasks_wait: None
) -> None:
    client = client_of(cast.head)
    chosen = "sides=single&size=large&notes=on&lasting=on"
    assert "（いまは、片面・大きな字・目標シートなし・保存用）" in text(
        page(client, f"{LIST}?{chosen}")
    )
    assert 'value="single large brief lasting"' in page(client, LIST)
    preview = page(client, PREVIEW)
    assert "片面・大きな字・目標シートなし・保存用" in preview
    assert re.search(r'<html lang="ja" class="[^"]*large[^"]*single', preview)
    client.post(BUILD)
    assert PacketFile.objects.get().layout == "single large brief lasting"
    client.post(BUILD, {"layout": ""})
    assert PacketFile.objects.latest("pk").layout == ""


@pytest.mark.parametrize("query", ["layout=nothing", "sides=three", "layout=large large", "sides="])
def test_layout_that_nobody_offers_is_the_usual_one(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, query: str
) -> None:
    assert client_of(cast.head).get(f"{LIST}?{query}").status_code == 200


def test_wish_is_taken_by_one_worker_only(wish: PacketFile) -> None:
    print_file(pk=wish.pk)
    wish.refresh_from_db()
    assert (wish.status, wish.started_at) == ("running", None)
    assert not wish.path.exists()
