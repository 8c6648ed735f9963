"""Elements.

The sheet that comes with the engine gives each of them six pseudo-elements, for footnotes mostly,
and asks it about forms and the direction of its text. A page of ours has a sheet of its own.
"""

import re
from typing import Any

BETWEEN_TAGS = re.compile(r">[ ]*\n[ \n]*<")
"""No text of ours, but it would be carried through all stages."""


def page_of(html: str, elements: Any, fetcher: Any) -> Any:
    """``html`` for the engine; the sheet ``elements`` says what elements are by themselves."""
    from weasyprint import HTML

    class Page(HTML):
        def _ua_stylesheets(self, forms=False):
            return [elements]

    return Page(string=BETWEEN_TAGS.sub("><", html), url_fetcher=fetcher)
