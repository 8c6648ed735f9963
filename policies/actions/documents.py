"""A document from a file straight to where others read it."""

from django.db import transaction

from core.audit import Actor
from core.text import normalise
from policies.actions import manuscripts
from policies.actions.publishing import PolicyProblem
from policies.models import BasicPolicy
from policies.parsing import ParsedPolicy


@transaction.atomic
def save_basic_policy(*, parsed: ParsedPolicy, source_text: str, by: Actor) -> BasicPolicy:
    """Store the basic policy of a year as 案 with all its sections, or nothing at all.

    ``source_text`` is the text that was parsed; places in it are those of its normalised form,
    which is what is stored. Raises PolicyProblem where the document is not fit, NotNow where the
    year already has one.
    """
    if normalise(source_text) != parsed.source:
        raise ValueError("source_text is not the text that was parsed")
    manuscript = manuscripts.take_in(parsed=parsed, by=by)
    policy = manuscripts.share(manuscript=manuscript, version=manuscript.version, by=by)
    if not isinstance(policy, BasicPolicy):
        raise PolicyProblem("市政運営の基本方針ではありません。")
    return policy
