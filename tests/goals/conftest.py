"""Papers that answer a text which is amended."""

import pytest

from departments.models import Department
from goals.models import OperatingPolicy
from policies.models import BasicPolicy
from tests.amendments import at, reword
from tests.factories import (
    CycleFactory,
    DepartmentFactory,
    GoalFactory,
    OperatingPolicyFactory,
    ResponseFactory,
    amending,
    policy_with_items,
)


@pytest.fixture
def policy(db: None) -> BasicPolicy:
    CycleFactory()
    return policy_with_items()


@pytest.fixture
def answering(policy: BasicPolicy, somu: Department) -> OperatingPolicy:
    """総務部 answers 1(2)."""
    paper = OperatingPolicyFactory(department=somu)
    ResponseFactory(paper=paper, section=at("1-2"))
    return paper


@pytest.fixture
def linking(policy: BasicPolicy, kenko: Department) -> OperatingPolicy:
    """健康部 has a goal for 1(2) and answers nothing."""
    paper = OperatingPolicyFactory(department=kenko)
    GoalFactory(paper=paper, sections=[at("1-2")])
    return paper


@pytest.fixture
def aside(policy: BasicPolicy) -> OperatingPolicy:
    """A department that answers 1(1) alone."""
    paper = OperatingPolicyFactory(department=DepartmentFactory(name="農業委員会", order=9))
    ResponseFactory(paper=paper, section=at("1-1"))
    return paper


@pytest.fixture
def amended(policy: BasicPolicy, answering: OperatingPolicy) -> OperatingPolicy:
    """総務部's paper, after 1(2) was reworded."""
    with amending(policy, reason="国の計画が変わったため。"):
        reword("1-2")
    return answering
