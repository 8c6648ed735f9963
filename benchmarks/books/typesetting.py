"""The book by Typst: ``book.typ`` sets the blocks.

python -m books.typesetting BLOCKS PDF FONTS
"""

import sys
from pathlib import Path

TEMPLATE = Path(__file__).with_name("book.typ")


def main() -> None:
    import typst

    blocks, target, fonts = map(Path, sys.argv[1:])
    page = blocks.with_name(TEMPLATE.name)
    page.write_text(TEMPLATE.read_text())
    typst.compile(
        str(page),
        output=str(target),
        root=str(blocks.parent),
        font_paths=[str(fonts)],
        ignore_system_fonts=True,
        sys_inputs={"blocks": blocks.name},
        pdf_standards="ua-1",
    )


if __name__ == "__main__":
    main()
