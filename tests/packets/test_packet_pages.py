"""The screens of the packets: who sees which, what is made, what leaves a line."""

from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from core import clock
from core.models import AuditEvent
from core.workflow import Status
from goals.models import OperatingPolicy
from packets import pressing
from packets.actions.printing import print_file
from packets.models import PATIENCE, PacketFile
from packets.pieces import department
from tests.factories import InterviewFactory, OperatingPolicyFactory, jst, packet_file

pytestmark = pytest.mark.django_db
LIST = "/packets/2023/"
PREVIEW = "/packets/2023/somu/"
BUILD = "/packets/2023/somu/build/"


@pytest.fixture(autouse=True)
def own_files(settings: SimpleNamespace, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def file(full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: object) -> PacketFile:
    """The packet of 総務部, made."""
    client_of(cast.office).post(BUILD)
    return PacketFile.objects.get()


def address(file: PacketFile, rest: str = "") -> str:
    return f"/packets/2023/somu/files/{file.pk}/{rest}"


def departments_on(html: str) -> list[str]:
    return [name for name in ("健康部", "総務部") if f'<th scope="row">{name}</th>' in html]


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
    kenko: object,
    client_of: object,
    person: str,
    seen: list[str],
) -> None:
    OperatingPolicyFactory(department=kenko)
    response = client_of(getattr(cast, person)).get(LIST)
    assert response.status_code == 200
    assert departments_on(response.content.decode()) == seen


@pytest.mark.parametrize("person", ["viewer", "administrator", "nobody"])
def test_posts_without_packets_are_refused(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: object, person: str
) -> None:
    client = client_of(getattr(cast, person))
    answers = [client.get(LIST), client.get(PREVIEW), client.post(BUILD)]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert not PacketFile.objects.exists()


def test_packet_of_another_department_is_not_there(
    file: PacketFile, cast: SimpleNamespace, client_of: object
) -> None:
    client = client_of(cast.incoming_head)
    answers = [
        client.get(PREVIEW),
        client.post(BUILD),
        client.get(address(file)),
        client.get(address(file, "download/")),
        client.get("/packets/2023/unknown/"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 5
    assert all("総務部" not in answer.content.decode() for answer in answers)


def test_draft_is_hidden_from_the_mayor(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: object
) -> None:
    OperatingPolicy.objects.filter(pk=full_paper.pk).update(status=Status.DRAFT)
    assert client_of(cast.mayor).get(PREVIEW).status_code == 404
    assert client_of(cast.office).get(PREVIEW).status_code == 200


def test_file_of_one_paper_is_not_found_under_another(
    file: PacketFile, cast: SimpleNamespace, kenko: object, client_of: object
) -> None:
    OperatingPolicyFactory(department=kenko)
    other = f"/packets/2023/kenko/files/{file.pk}/download/"
    assert client_of(cast.office).get(other).status_code == 404


def test_list_follows_the_interviews(
    full_paper: OperatingPolicy, cast: SimpleNamespace, kenko: object, client_of: object
) -> None:
    OperatingPolicyFactory(department=kenko)
    html = client_of(cast.office).get(LIST).content.decode()
    assert html.index(">総務部<") < html.index(">健康部<")
    InterviewFactory(department=kenko, starts_at=jst(2023, 4, 6, 9), ends_at=jst(2023, 4, 6, 10))
    html = client_of(cast.office).get(LIST).content.decode()
    assert html.index(">健康部<") < html.index(">総務部<")


def test_preview_is_the_printed_document_without_inline_style(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: object
) -> None:
    html = client_of(cast.head).get(PREVIEW).content.decode()
    assert html.count("<h1") == 1
    assert "避難所を、地域の人だけで開けられるようにする" in html
    assert "css/packet.css" in html
    assert [word for word in ("style=", "<script", "<style", "onclick") if word in html] == []


def test_packet_is_made_and_downloaded_with_a_line_for_each(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: object
) -> None:
    client = client_of(cast.office)
    answer = client.post(BUILD)
    file = PacketFile.objects.get()
    assert answer.headers["Location"] == address(file)
    assert (file.status, file.edition, file.asked_by) == ("done", "第1版", cast.office)
    assert "面談資料ができました" in client.get(address(file)).content.decode()
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


def test_unchanged_paper_is_not_printed_twice(
    file: PacketFile, cast: SimpleNamespace, client_of: object
) -> None:
    assert client_of(cast.head).post(BUILD).headers["Location"] == address(file)
    assert PacketFile.objects.count() == 1


def test_changed_paper_is_printed_again(
    file: PacketFile, full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: object
) -> None:
    full_paper.responses.update(body="書き直した。")
    client_of(cast.office).post(BUILD)
    first, second = PacketFile.objects.order_by("pk")
    assert first.digest != second.digest


def test_lost_file_is_printed_again(
    file: PacketFile, cast: SimpleNamespace, client_of: object
) -> None:
    file.path.unlink()
    client = client_of(cast.office)
    answer = client.get(address(file, "download/"))
    assert answer.status_code == 409
    assert "片付けられました" in answer.content.decode()
    client.post(BUILD)
    assert PacketFile.objects.count() == 2
    assert file.path.exists()


def test_failed_packet_names_its_department(
    full_paper: OperatingPolicy,
    cast: SimpleNamespace,
    client_of: object,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pressing, "PRESS", ("-c", "raise SystemExit(1)"))
    client = client_of(cast.office)
    client.post(BUILD)
    file = PacketFile.objects.get()
    assert file.status == "failed"
    html = client.get(address(file)).content.decode()
    assert "総務部の面談資料を作れませんでした。組版の途中で誤りが起きました。" in html
    assert "やり直す" in html
    assert client.get(address(file, "download/")).status_code == 409


def test_packet_that_cannot_be_kept_fails_with_a_sentence(
    full_paper: OperatingPolicy,
    cast: SimpleNamespace,
    client_of: object,
    settings: SimpleNamespace,
) -> None:
    settings.MEDIA_ROOT = Path("/proc/nowhere")
    client_of(cast.office).post(BUILD)
    assert PacketFile.objects.get().failure == (
        "総務部の面談資料を作れませんでした。保存する場所に書き込めませんでした。"
    )


@pytest.fixture
def stuck(full_paper: OperatingPolicy, cast: SimpleNamespace) -> PacketFile:
    """A wish whose worker died."""
    return packet_file(
        full_paper,
        digest="0" * 64,
        status=PacketFile.Status.RUNNING,
        asked_by=cast.office,
        asked_at=clock.now(),
    )


def test_page_looks_again_by_itself_until_the_packet_is_there(
    stuck: PacketFile, cast: SimpleNamespace, client_of: object
) -> None:
    client = client_of(cast.office)
    page = client.get(address(stuck)).content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert '<meta http-equiv="refresh" content="4">' in page
    same = client.get(f"{address(stuck)}?state=working", headers={"HX-Request": "true"})
    assert same.status_code == 204
    PacketFile.objects.update(status="done", pages=9, size=9, edition="第1版")
    changed = client.get(f"{address(stuck)}?state=working", headers={"HX-Request": "true"})
    assert changed.status_code == 200
    assert "hx-trigger" not in changed.content.decode()
    assert "<html" not in changed.content.decode()


def test_packet_without_a_worker_is_given_up_and_made_anew(
    stuck: PacketFile, cast: SimpleNamespace, client_of: object
) -> None:
    PacketFile.objects.update(beat_at=clock.now() - PATIENCE)
    client = client_of(cast.office)
    page = client.get(address(stuck)).content.decode()
    assert "総務部の面談資料が10分たっても出来上がりません。" in page
    assert "hx-trigger" not in page
    client.post(BUILD)
    assert PacketFile.objects.order_by("-pk")[0].status == "done"


def test_wish_is_taken_by_one_worker_only(stuck: PacketFile) -> None:
    print_file(pk=stuck.pk)
    stuck.refresh_from_db()
    assert (stuck.status, stuck.started_at) == ("running", None)
    assert not stuck.path.exists()


def test_asking_twice_at_once_makes_one_wish(
    stuck: PacketFile, cast: SimpleNamespace, client_of: object, full_paper: OperatingPolicy
) -> None:
    PacketFile.objects.update(digest=department(full_paper).digest)
    assert client_of(cast.head).post(BUILD).headers["Location"] == address(stuck)
    assert PacketFile.objects.count() == 1


def test_get_makes_nothing(
    full_paper: OperatingPolicy, cast: SimpleNamespace, client_of: object
) -> None:
    assert client_of(cast.office).get(BUILD).status_code == 405
    assert not PacketFile.objects.exists()


@pytest.mark.parametrize("year", ["0", "1999", "99999", "9" * 30])
def test_years_that_are_not_laid_out_are_not_there(
    cast: SimpleNamespace, client_of: object, year: str
) -> None:
    client = client_of(cast.office)
    assert client.get(f"/packets/{year}/").status_code == 404
    assert client.get(f"/packets/{year}/somu/").status_code == 404
