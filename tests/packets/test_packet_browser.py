"""In a real browser: who waits for a packet gets it, once, and nobody else does."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from core import clock
from core.models import AuditEvent
from departments.models import User
from goals.models import OperatingPolicy
from packets import store
from packets.models import PacketFile
from packets.store import Kept
from tests.factories import packet_file

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def wish(
    settings: SimpleNamespace, tmp_path: Path, cast: SimpleNamespace, paper: OperatingPolicy
) -> PacketFile:
    """Somebody works on the packet of 総務部."""
    settings.MEDIA_ROOT = tmp_path
    return packet_file(paper, status="running", asked_by=cast.head, asked_at=clock.now())


def finish(wish: PacketFile) -> None:
    store.keep(Kept(wish.digest, 1), b"%PDF")
    PacketFile.objects.filter(pk=wish.pk).update(status="done", pages=1, size=4)


def downloads() -> int:
    return AuditEvent.objects.filter(verb="packet.download").count()


def test_download_starts_by_itself_once_when_the_packet_is_there(
    page: Page,
    context: BrowserContext,
    live_server: LiveServer,
    client_of: Callable[[User], Client],
    cast: SimpleNamespace,
    wish: PacketFile,
) -> None:
    value = client_of(cast.head).cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": value, "url": live_server.url}])
    begun = []
    page.on("download", lambda download: begun.append(download))
    page.goto(f"{live_server.url}/packets/2023/files/{wish.pk}/")
    expect(page.get_by_role("button", name="停止する")).to_be_visible()
    with page.expect_download() as waiting:
        finish(wish)
    assert waiting.value.suggested_filename == "令和5年度_総務部_面談資料.pdf"
    expect(page.get_by_text("保存が自動で始まります。")).to_be_visible()
    assert (len(begun), downloads()) == (1, 1)
    page.reload()
    expect(page.get_by_role("link", name="保存する")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert (len(begun), downloads()) == (1, 1)
