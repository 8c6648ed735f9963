"""References to page numbers.

For ``target-counter(attr(href), page)`` version 70 does not notice which anchor is meant, takes the
number of the anchor's page for that of the page on which the reference stands, and so lays out
every page with a reference three times. Here

- the anchor is looked up, and the reference waits for it alone (``_collect``);
- only a page number that has changed counts as news, the number of all pages does not (``_cache``);
- a reference back is filled in before its page is laid out, not afterwards (``_make_page``).

What remains is that a page with a reference forward is laid out twice.
"""

import copy
from typing import Any


def quicken() -> None:
    from weasyprint.css.targets import TargetCollector
    from weasyprint.layout import page

    if TargetCollector.cache_target_page_counters is _cache:
        return
    collect, make = TargetCollector.collect_missing_counters, page.make_page

    def _collect(self, parent_box, css_token, parse_again, missing, missing_targets) -> None:
        if missing_targets.keys() == {None} and (anchor := _only_anchor(parent_box)):
            missing_targets = {anchor: missing_targets[None]}
            missing = []
        collect(self, parent_box, css_token, parse_again, missing, missing_targets)

    def _make_page(context, *rest):
        for item in context.target_collector.counter_lookup_items.values():
            if item.pending and item.page_maker_index is None and not item.missing_counters:
                item.pending = False
                item.parse_again(item.cached_page_counter_values)
        return make(context, *rest)

    TargetCollector.collect_missing_counters = _collect
    TargetCollector.cache_target_page_counters = _cache
    page.make_page = _make_page


def _only_anchor(box: Any) -> str | None:
    """The anchor that the content of the box refers to, if it has one reference and no counter."""
    content = box.style["content"]
    kinds = [part[0] for part in content] if isinstance(content, list | tuple) else []
    counting = [kind for kind in kinds if kind.endswith(("counter()", "counters()"))]
    if counting != ["target-counter()"]:
        return None
    ((token, *_rest),) = [part[1] for part in content if part[0] == "target-counter()"]
    if token[0] != "attr()" or token[1][:2] != ("href", "string"):
        return None
    address = box.element.get("href", "")
    return address[1:] if address.startswith("#") else None


def _cache(self, anchor_name, page_counter_values, page_maker_index, page_maker) -> None:
    """On which page an anchor is; tells those that refer to it, if it is news to them."""
    target = None if self.collecting else self.target_lookup_items.get(anchor_name)
    if not target or target.state != "up-to-date":
        return
    target.page_maker_index = page_maker_index
    before = target.cached_page_counter_values
    if before == page_counter_values:
        return
    target.cached_page_counter_values = copy.deepcopy(page_counter_values)
    for (_box, place), item in self.counter_lookup_items.items():
        awaited = item.missing_target_counters.get(anchor_name, ())
        news = [name for name in awaited if before.get(name) != page_counter_values.get(name)]
        if place != "content" or not news:
            continue
        if item.page_maker_index is None or item.page_maker_index >= len(page_maker):
            item.pending = True
        else:
            page_maker[item.page_maker_index][-1]["content_changed"] = True
            item.parse_again(item.cached_page_counter_values)
