"""担任 on the cover and beside the goals of a division that is somebody else's."""

import datetime as dt
from types import SimpleNamespace

import pytest

from core import clock
from core.permissions import Post
from goals.models import OperatingPolicy
from interviews.models import Interview
from packets.pieces import department
from packets.queries import material
from tests.factories import AppointmentFactory, ChargeFactory, DivisionFactory, UserFactory, jst
from tests.packets.conftest import html_of, read, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def charged(full_paper: OperatingPolicy, cast: SimpleNamespace) -> OperatingPolicy:
    """The deputy mayor has 総務部, the superintendent its 防災安全課."""
    somu = full_paper.department
    ChargeFactory(department=somu, interviewer=cast.deputy)
    bosai = somu.divisions.get(code="bosai")
    ChargeFactory(department=somu, division=bosai, interviewer=cast.superintendent)
    return full_paper


def line_of(paper: OperatingPolicy) -> str:
    return material(paper).charges.line


def test_cover_and_the_goals_of_the_division_say_whose_they_are(
    charged: OperatingPolicy, cast: SimpleNamespace
) -> None:
    reader = read(html_of(charged))
    line = f"副市長{cast.deputy.name}（防災安全課は教育長{cast.superintendent.name}）"
    assert "".join(line.split()) in words(reader, 1)
    content = department(charged).content
    assert [goal["charge"] for goal in content["goals"]] == [
        f"教育長 {cast.superintendent.name}",
        "",
    ]
    mark = "".join(f"防災安全課の担任　教育長 {cast.superintendent.name}".split())
    pages = [n for n in range(1, len(reader.pages) + 1) if mark in words(reader, n)]
    assert len(pages) == 1


def test_department_without_exceptions_has_one_name_and_without_charges_no_line(
    full_paper: OperatingPolicy, cast: SimpleNamespace
) -> None:
    assert line_of(full_paper) == ""
    assert "<dt>担任</dt>" not in html_of(full_paper)
    ChargeFactory(department=full_paper.department, interviewer=cast.mayor)
    assert line_of(full_paper) == f"市長 {cast.mayor.name}"


def test_exception_alone_is_told_too(full_paper: OperatingPolicy, cast: SimpleNamespace) -> None:
    division = DivisionFactory(department=full_paper.department, name="文化財課")
    ChargeFactory(
        department=full_paper.department, division=division, interviewer=cast.superintendent
    )
    assert line_of(full_paper) == f"文化財課は教育長 {cast.superintendent.name}"


def test_title_is_that_of_the_day_of_the_interview(
    charged: OperatingPolicy, cast: SimpleNamespace
) -> None:
    """Announced on 24 March: from 1 April the deputy mayor is 筆頭副市長."""
    cast.deputy.appointments.update(
        ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 24)
    )
    coming = {"user": cast.deputy, "post": Post.DEPUTY_MAYOR, "title": "筆頭副市長"}
    AppointmentFactory(incoming=True, **coming)
    assert department(charged).content["charge"].startswith("筆頭副市長 ")
    Interview.objects.update(starts_at=jst(2023, 3, 30, 9), ends_at=jst(2023, 3, 30, 10))
    assert department(charged).content["charge"].startswith("副市長 ")


def test_what_is_not_announced_changes_no_packet_before_its_day(
    charged: OperatingPolicy, cast: SimpleNamespace
) -> None:
    before = html_of(charged)
    secret = UserFactory(name="秘匿 桃")
    AppointmentFactory(user=secret, post=Post.DEPUTY_MAYOR, title="副市長", unannounced=True)
    other = DivisionFactory(department=charged.department, name="文化財課")
    ChargeFactory(department=charged.department, division=other, interviewer=secret)
    cast.deputy.appointments.update(
        ends_on=dt.date(2023, 3, 31), end_announced_on=dt.date(2023, 3, 31)
    )
    assert html_of(charged) == before
    with clock.at(jst(2023, 3, 31, 9)):
        assert f"文化財課は副市長 {secret.name}" in line_of(charged)
