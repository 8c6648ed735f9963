"""The amendment of 令和4年度 in the demo city: one item reworded in October, one office waits."""

import pytest

from core.models import AuditEvent
from exchange.seed import build_demo_city
from goals.amendments import unconfirmed
from goals.models import OperatingPolicy
from policies.models import BasicPolicy
from policies.queries.editions import editions_of


@pytest.mark.django_db
def test_one_item_is_reworded_and_all_but_one_department_have_confirmed_it() -> None:
    build_demo_city()
    policy = BasicPolicy.objects.get(year=2022)
    editions = editions_of(policy)
    assert [(str(row), str(row.dated_on)) for row in editions.rows] == [
        ("発出", "2022-03-31"),
        ("第1次改正", "2022-10-03"),
    ]
    assert [(c.path, c.kinds) for c in editions.since(0).changes] == [("1-2", ("reworded",))]
    assert [row.paper.department.name for row in unconfirmed(2022)] == ["農業委員会事務局"]
    assert unconfirmed(2023) == []
    events = AuditEvent.objects.filter(verb="amendment.confirm")
    seen = OperatingPolicy.objects.filter(year=2022, edition_seen=1)
    assert (events.count(), seen.count()) == (13, 13)
