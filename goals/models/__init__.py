"""What a department answers: its 運営方針, its 組織目標, their review and their handover."""

from goals.models.fields import LINE, LONG, MAX_YEN, MIDDLE, SHORT, Versioned, text, thousand_yen
from goals.models.goals import Goal, Indicator
from goals.models.handovers import Handover, HandoverNote, HandoverReceipt
from goals.models.papers import OperatingPolicy, OperatingPolicyQuerySet, Response
from goals.models.reviews import KeptText, Remark, RemarkQuerySet, Revision, Signature

__all__ = [
    "LINE",
    "LONG",
    "MAX_YEN",
    "MIDDLE",
    "SHORT",
    "Goal",
    "Handover",
    "HandoverNote",
    "HandoverReceipt",
    "Indicator",
    "KeptText",
    "OperatingPolicy",
    "OperatingPolicyQuerySet",
    "Remark",
    "RemarkQuerySet",
    "Response",
    "Revision",
    "Signature",
    "Versioned",
    "text",
    "thousand_yen",
]
