"""The audit trail as administrators search it, read it and take it away."""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils import timezone

from core.audit import batches, subject_of, words_of
from core.models import AuditEvent
from core.tables import Cell, as_text, guarded, write_workbook
from core.text import normalise
from core.years import format_date, format_time, format_year
from departments.models import Department, User
from goals import trail as papers
from goals.models import OperatingPolicy
from policies.differences import Difference

ISO_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(T[\d:.]+(Z|[+-]\d{2}:\d{2})?)?", re.ASCII)
LENGTH_OF_A_DAY = 10
LONGEST_SHOWN = 2000
"""Characters of one value on the page; a whole document may have been replaced."""
LONGEST_IN_EXCEL = 17_000
"""What fits into a cell of Excel even where every character had to be written in code."""
MOST_IN_EXCEL = 10_000
CUT = "…（長いため、ここまで。全文はCSVの書出しにあります）"
OWN_NAMES = {
    "sentence": "断った理由",
    "rows": "行",
    "file": "ファイル",
    "new": "追加",
    "update": "変更",
    "format": "形式",
    "conditions": "条件",
    "lines": "件数",
    "last": "最後の番号",
    "broken": "途切れた番号",
    "departments": "部",
    "question": "確認事項",
    "items": "項",
    "edits": "修正",
    "label": "内容",
    "edition": "版",
    "layout": "体裁",
    "digest": "照合値",
    "charges": "担任",
    "left_out": "写さなかった担任",
    "starts_at": "始まり",
    "ends_at": "終わり",
    "room": "会場",
    "interviewers": "面談者",
    "attendees": "説明者",
    "machine": "端末",
    "address": "アドレス",
    "number": "台数",
    "kind": "方法",
    "left": "残り",
    "way": "ログインの方法",
}
HEADINGS = (
    *("番号", "日時", "操作", "職員番号", "氏名", "代理を受けた人の職員番号"),
    *("代理を受けた人", "接続元", "対象", "対象の記録", "変更前", "変更後", "照合値"),
)


@dataclass(frozen=True)
class Search:
    """What is looked for; nothing at all finds every line."""

    person: User | None = None
    year: int | None = None
    department: Department | None = None
    verb: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @property
    def words(self) -> dict[str, str]:
        """The conditions, for people and for the line that an export leaves."""
        told = {
            "職員": f"{self.person.name}（{self.person.username}）" if self.person else "",
            "年度": format_year(self.year) if self.year else "",
            "部": self.department.name if self.department else "",
            "操作": words_of(self.verb) if self.verb else "",
            "期間の始め": format_date(self.since) if self.since else "",
            "期間の終わり": format_date(self.until) if self.until else "",
        }
        return {name: text for name, text in told.items() if text}

    def lines(self) -> QuerySet[AuditEvent]:
        """The lines that were found, in no order yet."""
        found = AuditEvent.objects.all()
        if self.person:
            found = found.filter(_about(self.person))
        if self.year or self.department:
            found = found.filter(_about_papers(self.year, self.department))
        if self.verb:
            found = found.filter(verb=self.verb)
        if self.since:
            found = found.filter(at__gte=_midnight(self.since))
        if self.until:
            found = found.filter(at__lt=_midnight(self.until + dt.timedelta(days=1)))
        return found


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def _about(person: User) -> Q:
    """What the person did, what was done for the person or to the account, and who tried it."""
    return (
        Q(actor=person)
        | Q(standing_in_for=person)
        | Q(subject=subject_of(person))
        | Q(verb="sign-in.failed", label=person.username)
    )


def _about_papers(year: int | None, department: Department | None) -> Q:
    """The history of the papers, and who tried in vain to open them or what is printed of them."""
    rows = OperatingPolicy.objects.select_related("department")
    rows = rows.filter(year=year) if year else rows
    rows = rows.filter(department=department) if department else rows
    found = Q(subject__in=[subject_of(paper) for paper in rows])
    below = {
        f"{paper.year}/{paper.department.code}/" if department else f"{year}/" for paper in rows
    }
    tried = Q()
    for place in sorted(below):
        tried |= Q(label__startswith=f"/papers/{place}") | Q(label__startswith=f"/packets/{place}")
    return found | (Q(verb="refused") & tried) if below else found


def lines_of(numbers: Sequence[int]) -> list["Line"]:
    """The lines of these numbers, newest first, with the people whom they name."""
    rows = AuditEvent.objects.filter(pk__in=numbers).select_related("actor", "standing_in_for")
    return [Line(event) for event in rows.order_by("-pk")]


@dataclass(frozen=True)
class Line:
    """One line for people."""

    event: AuditEvent

    @property
    def words(self) -> str:
        """What was done."""
        return words_of(self.event.verb)

    @property
    def values(self) -> list[Difference]:
        """What stood there before and after, field by field."""
        event = self.event
        if event.subject.startswith(f"{OperatingPolicy._meta.label_lower}/"):
            found = papers.Line(event).changes
            return [Difference(_named(v.label), _cut(v.before), _cut(v.after)) for v in found]
        labels = _labels_of(event.subject)
        return [
            Difference(labels.get(name, _named(name)), _cut(_told(before)), _cut(_told(after)))
            for name, before, after in _pairs(event.before, event.after)
        ]


def _pairs(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[tuple[str, object, object]]:
    for name in dict.fromkeys([*before, *after]):
        yield name, before.get(name), after.get(name)


def _named(name: str) -> str:
    return OWN_NAMES.get(name, name)


def _labels_of(subject: str) -> dict[str, str]:
    """The names of the fields of a table: ``departments.appointment/5``."""
    try:
        model = apps.get_model(subject.partition("/")[0])
    except (LookupError, ValueError):
        return {}
    fields = [*model._meta.concrete_fields, *model._meta.many_to_many]
    return {field.name: str(field.verbose_name) for field in fields}


def _told(value: object) -> str:
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return "、".join(map(as_text, value))
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, indent=1)
    return _in_our_calendar(as_text(value))


def _in_our_calendar(text: str) -> str:
    """A moment or a day as it was recorded, in 和暦; any other text as it is."""
    if not ISO_MOMENT.fullmatch(text):
        return text
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    if len(text) == LENGTH_OF_A_DAY:
        return format_date(moment.date())
    here = timezone.localtime(moment) if moment.tzinfo else moment
    return f"{format_date(here.date())}{format_time(here)}"


def _cut(text: str, length: int = LONGEST_SHOWN) -> str:
    return text if len(text) <= length else f"{text[:length]}{CUT}"


# Taking away


def write_csv_in_parts(events: QuerySet[AuditEvent]) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, a part for each batch: nobody who writes has to wait."""
    yield b"\xef\xbb\xbf" + _csv([HEADINGS])
    for rows in _rows(events):
        yield _csv(rows)


def _csv(rows: Iterable[Sequence[Cell]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([guarded(as_text(value)) for value in row] for row in rows)
    return out.getvalue().encode()


def write_excel(events: QuerySet[AuditEvent]) -> bytes:
    """A workbook; text that no cell can hold is cut, and says so."""
    rows = [[_fitting(value) for value in row] for part in _rows(events) for row in part]
    return write_workbook("監査記録", HEADINGS, rows)


def _fitting(value: Cell) -> Cell:
    return _cut(value, LONGEST_IN_EXCEL) if isinstance(value, str) else value


def _rows(events: QuerySet[AuditEvent]) -> Iterator[list[list[Cell]]]:
    people = {row[0]: row[1:] for row in User.objects.values_list("pk", "username", "name")}
    for batch in batches(events):
        yield [_row(event, people) for event in batch]


def _row(event: AuditEvent, people: Mapping[int, tuple[str, str]]) -> list[Cell]:
    nobody = ("", "")
    username, name = people[event.actor_id] if event.actor_id else ("", "システム")
    absent = people[event.standing_in_for_id] if event.standing_in_for_id else nobody
    return [
        event.pk,
        f"{timezone.localtime(event.at):%Y-%m-%d %H:%M:%S}",
        words_of(event.verb),
        username,
        name,
        *absent,
        event.address,
        normalise(event.label),
        event.subject,
        _json(event.before),
        _json(event.after),
        event.digest,
    ]


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False) if values else ""
