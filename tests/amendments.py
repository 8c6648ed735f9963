"""What the tests of amendments do to the text of 2023, and what they ask."""

from django.http import HttpResponse

from goals.amendments import unconfirmed
from policies.models import BasicPolicy, Section
from tests.factories import SectionFactory

CONFIRM = "/papers/2023/somu/amendment/"
NEW_WORDS = "脱炭素の視点を全ての施策に取り入れること。"


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def at(path: str) -> Section:
    return Section.objects.get(policy__year=2023, path=path)


def reword(path: str, body: str = NEW_WORDS) -> None:
    Section.objects.filter(policy__year=2023, path=path).update(body=body)


def drop(path: str) -> None:
    Section.objects.filter(policy__year=2023, path=path).update(is_dropped=True)


def add(path: str, **fields: object) -> Section:
    return SectionFactory(
        policy=BasicPolicy.objects.get(year=2023),
        parent=at("1"),
        place=9,
        marker="(3)",
        number="1(3)",
        path=path,
        body="物価高に対応すること。",
        **fields,
    )


def told() -> list[tuple[str, str]]:
    return [(row.paper.department.name, row.to_do) for row in unconfirmed(2023)]
