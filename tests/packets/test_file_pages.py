"""The page of one file: what is made, how far it has come, what leaves a line."""

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
from departments.models import User
from goals.models import OperatingPolicy
from packets.actions.printing import print_file
from packets.models import PATIENCE, PacketFile
from packets.pieces import department
from tests.factories import OperatingPolicyFactory, packet_file
from tests.packets.conftest import BUILD, HTMX, address
from tests.pages import page, text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("folder")]
SignIn = Callable[[User], Client]


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


def test_wish_is_taken_by_one_worker_only(wish: PacketFile) -> None:
    print_file(pk=wish.pk)
    wish.refresh_from_db()
    assert (wish.status, wish.started_at) == ("running", None)
    assert not wish.path.exists()
