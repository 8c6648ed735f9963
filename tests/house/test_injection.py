"""Markup, scripts and template code that people type are text on every page and on paper (C-11)."""

import re
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from pypdf import PdfReader

from core import clock
from departments.models import Department, Division, User
from goals.actions import reviews
from goals.models import OperatingPolicy
from packets.pieces import department
from packets.pressing import room
from policies.models import BasicPolicy, Measure, Plan, Section
from tests.world import NOON, World, look_at

pytestmark = pytest.mark.django_db
PAYLOADS = (
    "<script>canary1()</script>",
    '"><img src=x onerror=canary2()>',
    "'><svg/onload=canary3()>",
    "javascript:canary4()",
    "{{7*7}}canary5{% debug %}",
    "</textarea><script>canary6()</script>",
    "]]><!--canary7--><b>",
    "</title><base href=//canary8>",
    "<link rel=attachment href=file:///etc/passwd title=canary9>",
    "<style>@import 'file:///etc/passwd'</style>canary10",
    "${7*7}#{7*7}<%= canary11 %>",
    "&lt;canary12&gt;<a href='data:text/html,x'>",
    "`-canary13-`<iframe srcdoc='<script>x</script>'>",
)
ALL = "\n".join(PAYLOADS)
TAGS = {"img", "svg", "iframe", "base", "style", "object", "embed"}


class Found(HTMLParser):
    """Elements and attributes that came from a payload, and what is left as text."""

    def __init__(self, text):
        super().__init__()
        self.wrong, self.words = [], []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        is_ours = tag == "img" and str(values.get("src", "")).startswith("/static/")
        if tag in TAGS and not is_ours and not self._is_ours(tag, values):
            self.wrong.append((tag, attrs))
        if tag == "script" and not re.match("/static/|/admin/jsi18n/", values.get("src") or ""):
            self.wrong.append((tag, attrs))
        self.wrong += [(tag, n) for n in values if re.match(r"on[a-z]+\Z", n) or "canary" in n]
        addresses = [values.get(n) or "" for n in ("href", "src", "action", "formaction")]
        self.wrong += [(tag, a) for a in addresses if re.match(r"\s*(javascript|data|file):", a)]

    def _is_ours(self, tag, values):
        return tag == "svg" and bool({"class", "aria-hidden"} & set(values))

    def handle_comment(self, data):
        if "canary" in data:
            self.wrong.append(("comment", data))

    def handle_data(self, data):
        self.words.append(data)


@pytest.fixture
def poisoned(cast, somu, kenko, client_of):
    """A world in which every text that somebody can type is one of the payloads."""
    with clock.at(NOON):
        world = World(cast, somu, kenko)
        _type_everything(world, client_of)
        yield world


def _type_everything(world, client_of):
    """Through the forms themselves, as those who fill them in."""
    head, office = client_of(world.cast.head), client_of(world.cast.office)
    somu, paper = "/papers/2023/somu/", world.fresh()
    basics = dict.fromkeys(("mission", "situation", "analysis", "pioneering"), ALL[:600])
    answers = [
        head.post(f"{somu}basics/", {"version": paper.version, "staff": 1, "budget": 2, **basics})
    ]
    for path in ("1-1", "1-2"):
        for version in (paper.responses.get(section__path=path).version, 99):  # 99: a conflict
            form = {"version": version, "body": f"{ALL[:600]}{version}"}
            answers.append(head.post(f"{somu}responses/{path}/", form))
    goal = world.goal
    answers.append(head.post(f"{somu}goals/{goal.pk}/", _goal_form(goal)))
    assert sorted({answer.status_code for answer in answers}) == [302, 409]
    world.submit()
    for place in ({}, {"section": "1-1"}, {"goal": goal.pk}):
        office.post(f"{somu}review/remarks/", {"body": ALL[:380], **place})
    version = world.fresh().version
    office.post(f"{somu}review/return/", {"version": version, "reason": ALL[:800]})
    for remark in world.fresh().remarks.all():
        head.post(f"{somu}remarks/{remark.pk}/", {"answer": ALL[:380]})
    form = {"date": "2023/4/7", "start": "9:00", "room": PAYLOADS[1]}
    form["interviewers"] = [world.cast.mayor.pk]
    office.post("/interviews/2023/new/?department=kenko", form)
    world.write("1-2", f"{ALL[:500]}直しました。")
    world.submit()
    stored = world.fresh()
    assert (stored.submissions, stored.remarks.filter(answer__contains="canary").count()) == (2, 3)
    assert world.cast.mayor.interviews_held.count() == 2
    _name_everything()


def _goal_form(goal):
    fields = {"title": PAYLOADS[0], "standard": ALL[:380], "method": ALL[:800]}
    fields |= {f"q{n}": PAYLOADS[n] for n in range(1, 5)}
    rows = {"indicators-TOTAL_FORMS": 1, "indicators-INITIAL_FORMS": 0}
    row = {"name": PAYLOADS[6], "unit": "<b>x</b>", "baseline": "<i>1</i>", "target": "<u>2</u>"}
    row |= {"kind": "outcome", "rationale": PAYLOADS[3]}
    rows |= {f"indicators-0-{name}": value for name, value in row.items()}
    links = {
        "sections": [s.pk for s in goal.sections.all()],
        "lead_division": goal.lead_division_id,
    }
    return {
        "version": goal.version,
        "kind": "new",
        "due_on": "令和6年3月31日",
        "partners": PAYLOADS[2],
        **fields,
        **links,
        **rows,
    }


def _name_everything():
    """The names that the administrator and the policy office enter."""
    for n, user in enumerate(User.objects.all()):
        User.objects.filter(pk=user.pk).update(name=PAYLOADS[n % len(PAYLOADS)][:60], kana="<b>")
        user.appointments.update(title=PAYLOADS[(n + 1) % len(PAYLOADS)][:60])
    for model, fields in (
        (Department, ("name", "kana")),
        (Division, ("name",)),
        (Plan, ("name",)),
        (Measure, ("name",)),
        (Section, ("heading", "short_name", "body")),
        (BasicPolicy, ("title", "issuer", "preamble", "source_text")),
    ):
        for n, row in enumerate(model.objects.all()):
            values = {}
            for place, field in enumerate(fields):
                limit = model._meta.get_field(field).max_length
                values[field] = PAYLOADS[(n + place) % len(PAYLOADS)][:limit]
            model.objects.filter(pk=row.pk).update(**values)


def test_what_people_type_is_text_on_every_page(poisoned, client_of):
    wrong, pages = [], 0
    for name in ("head", "drafter", "office", "mayor", "secretary", "administrator"):
        client = client_of(getattr(poisoned.cast, name))
        for where in poisoned.pages(admin=name == "administrator"):
            answer, content = look_at(client, where)
            if not answer.get("Content-Type", "").startswith("text/html"):
                continue
            text = content.decode()
            pages += "canary" in text
            found = Found(text)
            wrong += [(name, where, what) for what in found.wrong]
            if "49canary5" in text:
                wrong.append((name, where, "template code ran"))
    assert wrong == []
    assert pages > 100


def test_what_people_type_is_text_in_conflicts_and_after_errors(poisoned, client_of):
    """Where a form comes back, or another text is shown beside one's own."""
    reviews.return_(paper=poisoned.fresh(), reason=PAYLOADS[1], by=poisoned.office)
    head, office = client_of(poisoned.cast.head), client_of(poisoned.cast.office)
    somu, goal = "/papers/2023/somu/", poisoned.goal
    htmx = {"HTTP_HX_REQUEST": "true"}
    late = _goal_form(goal) | {"version": 0, "standard": PAYLOADS[5]}
    posts = [
        (head, f"{somu}responses/1-1/", {"version": 0, "body": PAYLOADS[5]}, {}),
        (head, f"{somu}responses/1-1/", {"version": 0, "body": PAYLOADS[5]}, htmx),
        (head, f"{somu}responses/1-1/", {"version": 0, "body": PAYLOADS[5] * 99}, {}),
        (head, f"{somu}basics/", {"version": 0, "mission": PAYLOADS[5]}, {}),
        (head, f"{somu}basics/", {"version": 0, "mission": PAYLOADS[5]}, htmx),
        (head, f"{somu}basics/", {"version": 0, "budget": PAYLOADS[5], "staff": ALL}, htmx),
        (head, f"{somu}goals/{goal.pk}/", late, {}),
        (head, f"{somu}goals/{goal.pk}/", late | {"due_on": PAYLOADS[1], "kind": ALL}, {}),
        (head, f"{somu}goals/{goal.pk}/", late | {"add_row": "1"}, {}),
        (office, f"{somu}review/return/", {"version": 0, "reason": PAYLOADS[5]}, {}),
        (office, f"{somu}review/remarks/", {"body": PAYLOADS[5], "goal": PAYLOADS[1]}, {}),
        (office, "/interviews/2023/new/?department=somu", {"date": ALL, "room": PAYLOADS[1]}, {}),
        (office, "/signin/", {"login": PAYLOADS[1], "password": "x", "next": PAYLOADS[3]}, {}),
    ]
    for client, where, form, headers in posts:
        found = Found(client.post(where, form, **headers).content.decode())
        assert (where, found.wrong) == (where, [])


def test_paper_made_of_it_embeds_nothing_and_says_it_letter_by_letter(poisoned):
    html = department(poisoned.fresh()).html()
    assert Found(html).wrong == []
    printed = room(1).press(html).pdf
    reader = PdfReader(BytesIO(printed))
    text = "".join("".join(page.extract_text() for page in reader.pages).split())
    assert "<script>canary1()</script>" in text
    assert "{{7*7}}canary5{%debug%}" in text
    assert "root:x:" not in text
    assert dict(reader.attachments) == {}
    assert b"/JavaScript" not in printed
    assert b"/EmbeddedFile" not in printed
    links = [
        note.get_object().get("/A", {}).get("/URI", "")
        for page in reader.pages
        for note in page.get("/Annots", [])
    ]
    assert [link for link in links if link] == []


def test_exported_tables_hold_no_live_formula_and_no_markup(poisoned, client_of):
    poisoned.cast.head.appointments.update(title="=HYPERLINK(1)")
    client = client_of(poisoned.cast.administrator)
    answer = client.post("/admin/departments/appointment/export/", {"format": "1", "resource": "0"})
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"].startswith("text/csv")
    cells = re.split(r"[,\r\n]", answer.content.decode())
    assert [cell for cell in cells if cell.lstrip('"').startswith("=")] == []


def test_no_code_lets_text_through_unescaped():
    root = Path(settings.BASE_DIR)
    rooms = ("core", "departments", "policies", "goals", "interviews", "packets", "exchange")
    files = [
        p for room in (*rooms, "home", "kokubunji_policy") for p in (root / room).rglob("*.py")
    ]
    files += (root / "templates").rglob("*.html")
    forbidden = re.compile(
        r"mark_safe|SafeString|SafeText|format_html|__html__|csrf_exempt|\|\s*(safe|safeseq)\b"
        r"|autoescape\s+off|\.raw\(|\.extra\(|fields\s*=\s*[\"']__all__"
    )
    assert [str(p) for p in files if forbidden.search(p.read_text())] == []
    scripts = (root / "static" / "js").glob("*.js")
    unsafe = re.compile(r"innerHTML|outerHTML\s*=|insertAdjacentHTML|document\.write|\beval\(")
    assert [p.name for p in scripts if unsafe.search(p.read_text())] == []


def test_papers_are_read_by_nobody_as_a_file_of_another_kind(poisoned, client_of):
    """A download is a PDF by its name and its type, whatever the department is called."""
    file = poisoned.file
    answer, _ = look_at(client_of(poisoned.cast.head), f"/packets/2023/files/{file.pk}/download/")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert "\n" not in answer["Content-Disposition"]
    assert OperatingPolicy.objects.filter(pk=poisoned.paper.pk).exists()
