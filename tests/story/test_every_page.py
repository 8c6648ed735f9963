"""Every page that `make screens` photographs, wide and narrow: nothing wrong on any of them."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Error, Page

from departments.models import User
from scripts.screens import ANSWERS, PAGES, WIDTHS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
]
OUR_WORDS = {
    *("Excel", "Word", "xlsx", "csv", "docx", "txt", "pdf"),
    *("Ctrl", "Shift", "kokubunji", "demo", "example"),
}
SCRIPT = Axe().axe_script
AXE = """() => axe.run(document, {resultTypes: ['violations'], reporter: 'no-passes'})
    .then(found => found.violations.map(
        one => `axe ${one.id} at ${JSON.stringify(one.nodes.slice(0, 3).map(n => n.target))}`))"""
"""What is wrong, in words: all that is right would be as long as the page."""
WORD = re.compile(r"[A-Za-z]*[a-z]{3,}")
ADDRESS = re.compile(r"/[a-z]+/\S*")
"""In the audit trail: which page somebody asked for in vain."""
SHAPE = """() => ({
    beyond: document.documentElement.scrollWidth - window.innerWidth,
    heads: document.querySelectorAll('h1').length,
    filled: [...document.querySelectorAll('.button--main')]
        .filter(button => button.checkVisibility()).map(button => button.innerText),
    bare: [...document.forms]
        .filter(form => form.method === 'post' && !form.elements.csrfmiddlewaretoken)
        .map(form => form.action),
    words: [document.title, document.body.innerText,
        ...[...document.querySelectorAll('[aria-label], [placeholder], [alt], [title]')].flatMap(
            node => ['aria-label', 'placeholder', 'alt', 'title']
                .map(name => node.getAttribute(name) || ''))].join('\\n'),
})"""


def signed_in(context: BrowserContext, username: str, address: str) -> None:
    """Give the browser the session of a person, without filling in the form each time."""
    client = Client()
    client.force_login(
        User.objects.get(username=username),
        backend=django_settings.AUTHENTICATION_BACKENDS[0],
    )
    name = django_settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": address}])


def visit(page: Page, address: str) -> int:
    """Open the page and follow what is named after it; the status of the last answer."""
    url, *steps = address.split(" > ")
    answer = page.goto(url)
    for step in steps:
        named = page.get_by_role("link", name=step).or_(page.get_by_role("button", name=step))
        with page.expect_navigation() as moved:
            named.first.click()
        answer = moved.value
    assert answer is not None
    return answer.status


def faults(page: Page) -> Iterator[str]:
    """What is wrong with the page at its present width."""
    shape = page.evaluate(SHAPE)
    if shape["beyond"] > 0:
        yield f"{shape['beyond']} px wider than the window"
    if shape["heads"] != 1:
        yield f"{shape['heads']} h1"
    if len(shape["filled"]) > 1:
        yield f"more than one filled button: {shape['filled']}"
    if shape["bare"]:
        yield f"a form without a token: {shape['bare']}"
    if english := set(WORD.findall(ADDRESS.sub("", shape["words"]))) - OUR_WORDS:
        yield f"English: {sorted(english)}"
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT)
    yield from page.evaluate(AXE)


def look_at(page: Page, name: str, address: str) -> list[str]:
    lines: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            lines.append(message.text)

    def break_off(error: Error) -> None:
        lines.append(str(error))

    expected = ANSWERS.get(name, 200)
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    page.on("console", listen)
    page.on("pageerror", break_off)
    status = visit(page, address)
    page.remove_listener("console", listen)
    page.remove_listener("pageerror", break_off)
    found = [line for line in lines if expected == 200 or "Failed to load" not in line]
    if status != expected:
        found.append(f"status {status}")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found += [f"{width} px: {fault}" for fault in faults(page)]
    return [f"{name}: {fault}" for fault in found]


def test_nothing_is_wrong_on_any_page(demo_city, new_context):
    problems = []
    for username in sorted({username for _name, username, _address in PAGES}):
        context = new_context(base_url=demo_city.url)
        if username:
            signed_in(context, username, demo_city.url)
        page = context.new_page()
        for name, owner, address in PAGES:
            if owner == username:
                problems += look_at(page, name, address)
        context.close()
    assert problems == []
