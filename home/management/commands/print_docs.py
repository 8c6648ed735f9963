"""Print docs/permissions.md and docs/workflow.md from the tables in the code."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from core.permissions import TABLE, Permission, Post, Scope
from core.workflow import TRANSITIONS, Status
from home.addresses import addresses

NOTICE = "<!-- Printed by `python manage.py print_docs`. Change the table in the code, not this page. -->"


def permissions_page() -> str:
    """Who may do what, and what each address asks for, as Markdown."""
    posts = [post for post in Post]
    lines = [
        NOTICE,
        "",
        "# 権限（`core/permissions.py`）",
        "",
        "| 権限 | " + " | ".join(post.label for post in posts) + " |",
        "|---" * (len(posts) + 1) + "|",
    ]
    for permission in Permission:
        cells = [
            "・".join(scope.value for scope in Scope if scope in TABLE[permission].get(post, ()))
            for post in posts
        ]
        lines.append(f"| {permission.label} | " + " | ".join(cell or "－" for cell in cells) + " |")
    lines += [
        "",
        "部の職（部長・担当部長、課長、担当）は、今日とその年度の4月1日の遅いほうの日に就いている職で決まります。"
        "市の職は今日の職で決まります。内示前の発令とその終わりは、どの答えにも現れません。",
        "",
        "# 画面のアドレス",
        "",
        "| アドレス | 名前 | 必要な権限 |",
        "|---|---|---|",
    ]
    lines += [f"| `{a.route}` | `{a.name}` | {a.asks_for} |" for a in addresses()]
    return "\n".join(lines) + "\n"


def workflow_page() -> str:
    """The states of a paper and what moves it, as a table and a diagram."""
    lines = [
        NOTICE,
        "",
        "# 運営方針書の状態（`core/workflow.py`）",
        "",
        "| 操作 | いまの状態 | 次の状態 | 必要な権限 | 理由 |",
        "|---|---|---|---|---|",
    ]
    arrows = []
    for action, transition in TRANSITIONS.items():
        sources = [status for status in Status if status in transition.sources]
        lines.append(
            f"| {action.label} | {'・'.join(s.label for s in sources)} | {transition.target.label} "
            f"| {transition.permission.label} | {'要' if transition.needs_reason else '－'} |"
        )
        arrows += [
            f"    {s.name.lower()} --> {transition.target.name.lower()}: {action.label}"
            for s in sources
        ]
    names = [f"    {status.name.lower()}: {status.label}" for status in Status]
    diagram = ["```mermaid", "stateDiagram-v2", *names, "    [*] --> draft", *arrows, "```"]
    return "\n".join([*lines, "", *diagram]) + "\n"


PAGES = {"permissions.md": permissions_page, "workflow.md": workflow_page}


class Command(BaseCommand):
    help = "docs/permissions.md と docs/workflow.md を印刷します。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="古ければ終了コード1で知らせます")

    def handle(self, *args: object, **options: object) -> None:
        docs = Path(settings.BASE_DIR) / "docs"
        stale = []
        for name, page in PAGES.items():
            path = docs / name
            if path.exists() and path.read_text() == page():
                continue
            stale.append(name)
            if not options["check"]:
                docs.mkdir(exist_ok=True)
                path.write_text(page())
        if options["check"] and stale:
            self.stderr.write(
                f"古くなっています: {', '.join(stale)}。print_docs を実行してください。"
            )
            raise SystemExit(1)
