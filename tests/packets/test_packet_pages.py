"""The pages of the departments' packets and of their files: who sees which, what is made, what
leaves a line."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from core import clock
from core.workflow import Status
from departments.models import Department, User
from goals.models import OperatingPolicy
from packets.models import DRAFT, PacketFile
from tests.factories import InterviewFactory, OperatingPolicyFactory, jst, packet_file
from tests.packets.conftest import BUILD, HTMX, LIST, PREVIEW, address
from tests.pages import main_buttons, page, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
SignIn = Callable[[User], Client]


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
    assert main_buttons(page(client, LIST)) == ["PDFを作る"]
    packet_file(full_paper, asked_at=jst(2023, 3, 28))
    assert main_buttons(page(client, LIST)) == ["PDFを保存する"]


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
    chosen = "sides=single&size=large&notes=on&sheets=on&lasting=on"
    assert "（いまは、片面・大きな字・目標シート付き・保存用）" in text(
        page(client, f"{LIST}?{chosen}")
    )
    assert 'value="single large sheets lasting"' in page(client, LIST)
    preview = page(client, PREVIEW)
    assert "片面・大きな字・目標シート付き・保存用" in preview
    assert re.search(r'<html lang="ja" class="[^"]*large[^"]*single', preview)
    client.post(BUILD)
    assert PacketFile.objects.get().layout == "single large sheets lasting"
    client.post(BUILD, {"layout": ""})
    assert PacketFile.objects.latest("pk").layout == ""


@pytest.mark.parametrize("query", ["layout=nothing", "sides=three", "layout=large large", "sides="])
def test_layout_that_nobody_offers_is_the_usual_one(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: SignIn, query: str
) -> None:
    assert client_of(cast.head).get(f"{LIST}?{query}").status_code == 200
