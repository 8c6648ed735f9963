"""Components: each state has a shape of its own, each error page stands alone."""

import re
from pathlib import Path

import pytest
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.template.loader import render_to_string

from core.workflow import Status

ROOT = Path(__file__).resolve().parents[2]
CHIPS = set(re.findall(r"\.chip--([a-z]+)", (ROOT / "static/css/components.css").read_text()))


def test_every_state_of_a_paper_has_a_chip_but_the_plain_one() -> None:
    assert {str(status) for status in Status} - CHIPS == {"draft"}


def test_a_chip_says_the_word() -> None:
    html = render_to_string("components/chip.html", {"status": "returned", "label": "差戻し"})

    assert html.split("\n")[-2] == '<span class="chip chip--returned">差戻し</span>'


def test_progress_shows_its_figure_beside_the_bar() -> None:
    html = render_to_string(
        "components/progress.html", {"value": 9, "max": 21, "label": "部の方針"}
    )

    assert '<progress value="9" max="21" aria-label="部の方針"></progress>' in html
    assert "<span>9／21</span>" in html


@pytest.mark.parametrize(
    ("days", "expected"),
    [(7, "あと<strong>7</strong>日"), (0, "<strong>今日</strong>まで"), (-2, "2日過ぎています")],
)
def test_the_lead_task_says_how_long_is_left(days: int, expected: str) -> None:
    html = lead(days)

    assert expected in html
    assert html.count("button--main") == 1


def test_a_task_without_a_due_date_speaks_of_none() -> None:
    assert "期限" not in lead(None)


def lead(days: int | None) -> str:
    task = {"title": "運営方針を書く", "url": "/", "verb": "書く", "days_left": days}
    late = {"days_late": -(days or 0), "business_days_left": None}
    return render_to_string("components/lead.html", {"task": {**task, **late}})


@pytest.mark.parametrize("level", ["success", "info", "warning", "error"])
def test_a_message_becomes_a_notice_of_its_kind(level: str) -> None:
    message = Message(getattr(constants, level.upper()), "保存しました")
    html = render_to_string("components/messages.html", {"messages": [message]})

    assert f'class="notice notice--{level}"' in html


@pytest.mark.parametrize(
    "code", ["400", "403", "403_csrf", "404", "409", "413", "429", "500", "503"]
)
def test_an_error_page_stands_without_any_context(code: str) -> None:
    html = render_to_string(f"{code}.html")

    assert html.count("<h1>") == 1
    assert '<html lang="ja">' in html
