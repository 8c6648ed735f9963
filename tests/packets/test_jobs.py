"""From a wish to a file: taken once, ended once, whatever comes between."""

from types import SimpleNamespace

import pytest

from core.audit import Actor
from goals.models import OperatingPolicy
from packets.actions.packets import ask
from packets.models import PacketFile
from packets.orders import Order

pytestmark = pytest.mark.django_db
Kind = PacketFile.Kind


def test_wish_becomes_a_file(full_paper: OperatingPolicy, cast: SimpleNamespace) -> None:
    order = Order(Kind.DEPARTMENT, full_paper.year, paper=full_paper)
    file = ask(order=order, by=Actor(user=cast.office))
    file.refresh_from_db()
    assert (file.status, file.failure) == ("done", "")
    assert file.path.read_bytes()[:5] == b"%PDF-"
