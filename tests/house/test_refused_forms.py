"""What somebody typed into a form that is refused stands on the page that refuses it."""

import pytest

from tests.factories import DivisionFactory, GoalFactory

pytestmark = pytest.mark.django_db
WORDS = "防災倉庫の備蓄を、3日分から7日分に増やします。"


def test_goal_that_the_head_gave_to_another_division_meanwhile(paper, cast, client_of):
    division = cast.chief.appointments.get().division
    goal = GoalFactory(paper=paper, lead_division=division)
    chief = client_of(cast.chief)
    where = f"/papers/2023/somu/goals/{goal.pk}/"
    assert chief.get(where).status_code == 200
    goal.lead_division = DivisionFactory(department=paper.department)
    goal.save()
    answer = chief.post(where, {"title": "備蓄", "method": WORDS, "version": 1})
    assert answer.status_code == 404
    assert WORDS in answer.content.decode()


def test_post_that_was_taken_back_meanwhile(paper, cast, client_of):
    drafter = client_of(cast.drafter)
    cast.drafter.appointments.all().delete()
    answer = drafter.post("/papers/2023/somu/responses/1-1/", {"body": WORDS, "version": 0})
    assert answer.status_code == 403
    assert WORDS in answer.content.decode()


def test_paper_that_was_handed_in_meanwhile(paper, cast, client_of):
    goal = GoalFactory(paper=paper)
    type(paper).objects.update(status="received")
    where = f"/papers/2023/somu/goals/{goal.pk}/remove/"
    answer = client_of(cast.head).post(where, {"version": WORDS})
    assert answer.status_code == 409
    assert WORDS in answer.content.decode()


def test_markup_and_passwords_are_not_repeated(cast, client_of):
    typed = {"body": f"<b>{WORDS}</b>", "password": f"合言葉{WORDS}"}
    page = client_of(cast.nobody).post("/papers/2023/somu/responses/1-1/", typed).content.decode()
    assert f"&lt;b&gt;{WORDS}&lt;/b&gt;" in page
    assert "合言葉" not in page


def test_page_that_was_only_looked_for_repeats_nothing(cast, client_of):
    page = client_of(cast.head).get(f"/papers/2023/somu/?body={WORDS}")
    assert page.status_code == 404
    assert "書いた内容" not in page.content.decode()
