"""Copying last year's charges over a reorganisation: renamed, merged, split, moved, gone."""

import pytest
from django.urls import reverse

from core.audit import Actor
from core.models import AuditEvent
from departments.models import Charge, Department, Division
from home.actions import charges as actions
from home.charges import sheet
from home.copies import copies
from tests.factories import (
    ChargeFactory,
    CycleFactory,
    DepartmentFactory,
    DivisionFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cycle(db):
    return CycleFactory()


@pytest.fixture
def by(cast):
    return Actor(user=cast.office)


def ends(*rows):
    """They stand until last year."""
    for row in rows:
        type(row).objects.filter(pk=row.pk).update(last_year=2022)


def new(name, *predecessors, **fields):
    """A department or division of this year that comes after ``predecessors``."""
    factory = DivisionFactory if "department" in fields else DepartmentFactory
    row = factory(name=name, first_year=2023, **fields)
    row.predecessors.set(predecessors)
    return row


def had(interviewer, *places):
    """Last year ``interviewer`` answered for ``places``."""
    for place in places:
        division = place if isinstance(place, Division) else None
        department = place.department if division else place
        ChargeFactory(year=2022, department=department, division=division, interviewer=interviewer)


def taken(by):
    actions.copy(year=2023, by=by)
    rows = Charge.objects.filter(year=2023).select_related("department", "division", "interviewer")
    return {str(row): row.interviewer for row in rows}


def test_renamed_department_takes_its_predecessors_interviewer(cast, somu, kenko, by):
    ends(somu)
    new("総務管理部", somu)
    had(cast.deputy, somu)
    assert taken(by) == {"総務管理部": cast.deputy}


def test_both_parts_of_a_split_department_take_it(cast, somu, kenko, by):
    ends(kenko)
    new("保健部", kenko)
    new("医療部", kenko)
    had(cast.mayor, kenko)
    had(cast.deputy, somu)
    assert taken(by) == {"総務部": cast.deputy, "保健部": cast.mayor, "医療部": cast.mayor}


def test_part_that_was_split_off_takes_it_and_the_rest_keeps_it(cast, somu, kenko, by):
    new("医療部", kenko)
    had(cast.mayor, kenko)
    assert taken(by) == {"健康部": cast.mayor, "医療部": cast.mayor}


def test_merged_department_takes_what_all_predecessors_had(cast, somu, kenko, by):
    ends(somu, kenko)
    new("総務健康部", somu, kenko)
    had(cast.deputy, somu, kenko)
    assert taken(by) == {"総務健康部": cast.deputy}


def test_merged_department_whose_predecessors_differ_must_be_decided(cast, somu, kenko, client_of):
    ends(somu, kenko)
    new("総務健康部", somu, kenko)
    had(cast.deputy, somu)
    had(cast.mayor, kenko)
    client = client_of(cast.office)
    line = f"総務健康部（総務部は{cast.deputy.name}さん、健康部は{cast.mayor.name}さん）"
    page = client.get(reverse("home:charges", args=[2023])).content.decode()
    assert ["決める必要があります" in page, line in page] == [True, True]
    assert "昨年度から写す" not in page
    told = client.post(reverse("home:charges_copy", args=[2023]), follow=True).content.decode()
    assert f"決める必要があります：{line}。" in told
    assert not Charge.objects.filter(year=2023).exists()


def test_predecessor_without_an_interviewer_leaves_it_open_too(cast, somu, kenko):
    ends(somu, kenko)
    new("総務健康部", somu, kenko)
    had(cast.deputy, somu)
    found = copies(sheet(2023))
    assert (found.taken, found.undecided) == (
        [],
        [f"総務健康部（総務部は{cast.deputy.name}さん、健康部はなし）"],
    )


def test_department_that_takes_another_in_must_be_decided_where_they_differ(cast, somu, kenko):
    ends(kenko)
    somu.predecessors.add(kenko)
    had(cast.deputy, somu)
    had(cast.mayor, kenko)
    assert copies(sheet(2023)).undecided == [
        f"総務部（総務部は{cast.deputy.name}さん、健康部は{cast.mayor.name}さん）"
    ]


def test_interviewer_of_a_predecessor_who_is_not_announced_counts_as_none(cast, somu, kenko):
    ends(somu, kenko)
    new("総務健康部", somu, kenko)
    had(cast.deputy, somu)
    before = copies(sheet(2023))
    had(UserFactory(name="秘匿 桃"), kenko)
    assert copies(sheet(2023)) == before


# Exceptions


def test_exception_follows_a_renamed_division_into_its_department(cast, somu, kenko, by):
    ends(somu)
    bosai = Division.objects.get(code="bosai")
    ends(bosai)
    crisis = new("危機管理部", somu)
    new("防災課", bosai, department=crisis)
    had(cast.deputy, somu)
    had(cast.mayor, bosai)
    assert taken(by) == {"危機管理部": cast.deputy, "危機管理部 防災課": cast.mayor}


def test_exception_of_a_division_that_moved_is_none_where_the_department_is_the_same_persons(
    cast, somu, kenko, by
):
    bosai = Division.objects.get(code="bosai")
    had(cast.deputy, somu)
    had(cast.mayor, kenko, bosai)
    Division.objects.filter(pk=bosai.pk).update(department=kenko)
    assert taken(by) == {"総務部": cast.deputy, "健康部": cast.mayor}


def test_merged_division_of_which_one_part_was_an_exception_must_be_decided(cast, somu, by):
    bosai, keiyaku = (
        Division.objects.get(code="bosai"),
        DivisionFactory(department=somu, name="契約課", order=1),
    )
    ends(bosai, keiyaku)
    new("防災契約課", bosai, keiyaku, department=somu)
    had(cast.deputy, somu)
    had(cast.mayor, bosai)
    found = actions.copy(year=2023, by=by)
    assert found.undecided == [
        f"総務部 防災契約課（防災安全課は{cast.mayor.name}さん、契約課はなし）"
    ]
    assert AuditEvent.objects.get(verb="charges.copy").after == {
        "charges": ["総務部"],
        "left_out": found.undecided,
    }


def test_what_is_gone_without_a_successor_is_named(cast, somu, kenko, by):
    ends(kenko)
    had(cast.deputy, somu, kenko)
    assert actions.copy(year=2023, by=by).left_out == ["健康部（令和5年度にはありません）"]


# The sheet


def test_exceptions_of_a_year_are_those_of_its_divisions_in_their_order(cast, somu, kenko):
    gone = DivisionFactory(department=somu, name="旧課", last_year=2022)
    late = DivisionFactory(department=somu, name="後の課", order=5)
    bosai = Division.objects.get(code="bosai")
    for division in (gone, late, bosai):
        ChargeFactory(department=somu, division=division, interviewer=cast.mayor)
    [row] = [row for row in sheet(2023).rows if row.department == somu]
    assert [division for division, _ in row.exceptions] == [bosai, late]


def test_renamed_department_is_on_the_sheet_of_its_years_alone(cast, somu, kenko):
    ends(somu)
    after = new("総務管理部", somu)
    names = {year: [row.department for row in sheet(year).rows] for year in (2022, 2023)}
    assert names[2022] == [somu, kenko]
    assert set(names[2023]) == {after, kenko}
    assert Department.objects.count() == 3
