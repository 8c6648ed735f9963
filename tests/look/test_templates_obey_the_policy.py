"""Templates and style sheets: what the Content-Security-Policy and the house style refuse."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAPER = re.compile(r"packet(-\w+)?\.css")  # paper has its own inks
SHEETS = sorted(
    path for path in (ROOT / "static/css").rglob("*.css") if not PAPER.fullmatch(path.name)
)
FORBIDDEN = {
    "an inline style": re.compile(r"<style|\sstyle\s*="),
    "a handler in an attribute": re.compile(r"\son[a-z]+\s*=|hx-on", re.I),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)"),
    "something fetched from outside": re.compile(r"(src|href|url)\s*=?\s*[\"'(]\s*(https?:)?//"),
    "text that is not escaped": re.compile(r"\|\s*safe\b|autoescape\s+off"),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_template_holds(what: str) -> None:
    found = [name_of(path) for path in TEMPLATES if FORBIDDEN[what].search(path.read_text())]

    assert found == []


def test_every_file_that_a_style_sheet_names_is_here() -> None:
    named = {
        (name_of(sheet), url)
        for sheet in SHEETS
        for url in re.findall(r"url\(\"?([^\")]+)\"?\)", sheet.read_text())
    }
    missing = {(sheet, url) for sheet, url in named if not ((ROOT / sheet).parent / url).exists()}

    assert missing == set()
    assert len(named) >= 6


def test_style_sheets_speak_of_roles_and_not_of_colours() -> None:
    found = {
        name_of(sheet)
        for sheet in SHEETS
        if re.search(r":[^;{]*#[0-9a-f]{3,8}\b", sheet.read_text())
    }

    assert found == set()


def test_every_role_that_a_style_sheet_uses_is_defined() -> None:
    tokens = ROOT / "static/vendor/digital-go-jp-design-tokens/tokens.css"
    texts = [sheet.read_text() for sheet in [*SHEETS, tokens]]
    defined = {name for text in texts for name in re.findall(r"(--[\w-]+)\s*:", text)}
    used = {name for text in texts for name in re.findall(r"var\((--[\w-]+)", text)}

    assert used - defined == set()


def test_every_include_names_a_template_that_exists() -> None:
    named = {
        name
        for path in TEMPLATES
        for name in re.findall(r"{% (?:include|extends) \"([^\"#]+)", path.read_text())
    }
    ours = {name for name in named if name.startswith(("components/", "dads/", "errors/"))}

    assert {name for name in ours if not (ROOT / "templates" / name).exists()} == set()


def test_components_are_included_with_only() -> None:
    """But those that the frame itself is made of, which read the page's context."""
    frame = {
        "components/site_header.html",
        "components/year_switch.html",
        "components/messages.html",
    }
    open_ended = {
        (name_of(path), name)
        for path in TEMPLATES
        for name, rest in re.findall(
            r"{% include \"(components/[^\"]+)\"([^%]*)%}", path.read_text()
        )
        if " only" not in rest and name not in frame
    }

    assert open_ended == set()
