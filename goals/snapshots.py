"""What a Revision freezes: the whole paper as plain values."""

from core.years import format_date
from departments.models import Appointment
from goals.models import Goal
from goals.projects import Undertaking
from goals.sheets import BASICS, Answer, Sheet, gone_sections


def snapshot(of: Sheet) -> dict[str, object]:
    """The whole paper as plain values, names included: what a Revision freezes."""
    paper = of.paper
    return {
        "year": paper.year,
        "department": paper.department.name,
        "heads": [_head_snapshot(head) for head in of.heads],
        "basics": {name: getattr(paper, name) for name in BASICS},
        "responses": [_response_snapshot(answer) for answer in of.answers],
        "gone": [_response_snapshot(answer) for answer in of.gone if answer.is_given],
        "projects": [_project_snapshot(row) for row in of.projects.taken],
        "goals": [_goal_snapshot(number, goal) for number, goal in enumerate(of.goals, 1)],
    }


def _head_snapshot(head: Appointment) -> dict[str, object]:
    absent = head.standing_in_for
    return {
        "title": head.title,
        "name": head.user.name,
        "standing_in_for": absent.name if absent else "",
    }


def _response_snapshot(answer: Answer) -> dict[str, object]:
    return {
        "path": answer.section.path,
        "number": answer.section.number,
        "section": answer.section.body,
        "is_not_applicable": bool(answer.response and answer.response.is_not_applicable),
        "body": answer.response.body if answer.response else "",
    }


def _project_snapshot(row: Undertaking) -> dict[str, object]:
    return {
        "path": row.project.path,
        "name": row.project.name,
        "goals": [number for number, _ in row.numbered],
    }


def _goal_snapshot(number: int, goal: Goal) -> dict[str, object]:
    gone = gone_sections(goal)
    plain = ("title", "kind", "standard", "method", "q1", "q2", "q3", "q4", "budget", "partners")
    return {
        "id": goal.pk,
        "number": number,
        **{name: getattr(goal, name) for name in plain},
        "kind_label": goal.get_kind_display(),
        "due_on": format_date(goal.due_on) if goal.due_on else "",
        "is_own": goal.is_own,
        "lead_division": goal.lead_division.name if goal.lead_division else "",
        "other_divisions": [division.name for division in goal.other_divisions.all()],
        "sections": [
            *(section.number for section in goal.sections.all()),
            *(f"{section.number}（削られました）" for section in gone),
        ],
        "section_paths": [section.path for section in (*goal.sections.all(), *gone)],
        "projects": [project.name for project in goal.projects.all()],
        "measures": [str(measure) for measure in goal.measures.all()],
        "sdgs": [sdg.number for sdg in goal.sdgs.all()],
        "indicators": [
            {
                "name": row.name,
                "kind": row.get_kind_display(),
                "unit": row.unit,
                "baseline": row.baseline,
                "target": row.target,
                "rationale": row.rationale,
            }
            for row in goal.indicators.all()
        ],
    }
