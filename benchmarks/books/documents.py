"""The book that was built last, as one HTML document, for whoever else shall print it.

    python -m books.documents FOLDER

Lays into FOLDER ``one.html`` (for WeasyPrint, styles apart), ``chromium.html`` (with styles and
fonts) and ``blocks.json`` (for Typst and Word).
"""

import json
import re
import sys
from pathlib import Path

from books import blocks
from books.city import YEAR

DEPARTMENT = "department"
STYLES = f".{DEPARTMENT} {{ break-before: right; }}"


def write(folder: Path) -> None:
    from packets import press

    whole = one_document(_parts())
    styles = "\n".join((press.STATIC / "css" / name).read_text() for name in press.SHEETS)
    (folder / "one.html").write_text(_with_styles(whole, STYLES))
    (folder / "chromium.html").write_text(_with_styles(whole, f"{_faces()}{styles}{STYLES}"))
    content = blocks.blocks(whole, styles)
    (folder / "blocks.json").write_text(json.dumps(content, ensure_ascii=False))


def _parts() -> dict[str, str]:
    """Key → HTML of what stands before the departments and of each department."""
    from goals.models import OperatingPolicy
    from packets import binding, fronts, pieces, store
    from packets.layout import USUAL
    from packets.pressing import render_pdf

    papers = list(OperatingPolicy.objects.for_page().of_year(YEAR).order_by("department__order"))
    found = [pieces.department(paper) for paper in papers]
    kept = [store.find(piece.digest) for piece in found]
    counts = [one.pages if one else 0 for one in kept]
    pages, front = 0, ""
    for _trial in range(3):
        firsts = binding.first_pages([pages, *counts], USUAL)[1:]
        entries = [
            fronts.Entry(
                key=paper.department.code,
                title=piece.title,
                paper=paper,
                edition=piece.edition,
                first=first,
                starts={name: first + page - 1 for name, page in one.starts.items()},
                pages=one.pages,
            )
            for paper, piece, one, first in zip(papers, found, kept, firsts, strict=True)
            if one
        ]
        front = fronts.book(YEAR, entries, USUAL).html()
        before, pages = pages, render_pdf(front).pages
        if pages == before:
            break
    keys = [paper.department.code for paper in papers]
    return {"front": front} | {key: piece.html() for key, piece in zip(keys, found, strict=True)}


def one_document(parts: dict[str, str]) -> str:
    """All parts in one, their names told apart by the key of the part."""
    head = re.split(r"<body[^>]*>", next(reversed(parts.values())))[0]
    bodies = [_body(key, html) for key, html in parts.items()]
    return f"{head}<body>{''.join(bodies)}</body></html>"


def _body(key: str, html: str) -> str:
    inside = re.split(r"<body[^>]*>|</body>", html)[1]
    inside = re.sub(r'( id| aria-labelledby)="', rf'\1="{key}-', inside)
    inside = inside.replace('href="#', f'href="#{key}-')
    inside = re.sub(r'href="part:([\w-]+)"', r'href="#\1"', inside)
    inside = re.sub(r'href="part:([\w-]+)/', r'href="#\1-', inside)
    kind = f' class="{DEPARTMENT}"' if key != "front" else ""
    return f'<div id="{key}"{kind}>{inside}</div>'


def _with_styles(html: str, styles: str) -> str:
    return html.replace("</head>", f"<style>{styles}</style></head>")


def _faces() -> str:
    from packets import press

    return "".join(
        f'@font-face{{font-family:"{family}";font-weight:{weight};'
        f'src:url("{(press.FONTS / name).as_uri()}")}}'
        for family, weight, name in press.FACES
    )


if __name__ == "__main__":
    import django

    django.setup()
    write(Path(sys.argv[1]))
