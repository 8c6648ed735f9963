"""The demo city: data files, laid in through the real parser and the real actions.

Nothing depends on chance or on the present moment: an empty database always gets the same rows.
"""

import datetime as dt

from django.db import transaction

from core import audit, clock
from core.workflow import NotNow
from departments.models import Department, User
from exchange.seed import amendments, city, documents, handovers, papers, speech
from exchange.seed.reading import moment, read
from goals.models import OperatingPolicy
from policies.models import BasicPolicy, Cycle, Plan

FILLED = (Department, User, Cycle, BasicPolicy, Plan, OperatingPolicy)
YEARS = (2022, 2023)
BEGINNING = dt.datetime(2022, 3, 9, 9)  # noqa: DTZ001 - the city's own time, like all in the data
"""When the first line of the audit trail says that the city was laid in."""


def is_empty() -> bool:
    """Whether nothing of a city is in the database yet."""
    return not any(model._default_manager.exists() for model in FILLED)


@transaction.atomic
def build_demo_city() -> None:
    """Lay in the whole demo city, or nothing of it. Raises NotNow where the database is in use."""
    if not is_empty():
        raise NotNow(
            "データベースに既に登録があるため、デモの市は入れませんでした。空のデータベースで実行してください。"
        )
    settings = read("city.toml")
    city.lay_departments(read("departments.toml")["departments"])
    city.lay_people(read("people.toml")["people"])
    city.lay_plans(read("plans.toml")["plans"])
    city.lay_cycles(settings["cycles"])
    city.lay_charges(settings["charges"])
    with clock.at(moment(BEGINNING)):
        audit.record("demo.seed", by=audit.SYSTEM, label="デモの市")
    for policy in settings["policies"]:
        documents.lay_policy(policy)
    for row in read("speech.toml")["speeches"]:
        speech.lay_speech(row)
    for year in YEARS:
        papers.lay_papers(year)
        amendments.lay_amendments(year)
        handovers.lay_handovers(year)
    city.lay_interviews(settings["interviews"])
