"""Writing and checking the audit trail, and what its verbs say in words."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Model, QuerySet

from core import clock
from core.models import AuditEvent, AuditHead

if TYPE_CHECKING:
    from departments.models import User

START = "0" * 64
BATCH = 2000
"""Lines read at once: between two batches nobody who writes has to wait."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "ログインと権限": {
        "sign-in": "ログイン",
        "sign-in.failed": "ログインの失敗",
        "sign-out": "ログアウト",
        "password": "パスワードの設定",
        "session.end": "ほかの端末をログアウト",
        "second-factor.set-up": "二段階認証の設定",
        "second-factor.remove": "二段階認証を外した",
        "second-factor.reset": "二段階認証の解除（管理者）",
        "second-factor.recover": "予備コードの使用",
        "second-factor.failed": "確認コードの失敗",
        "refused": "断られた操作",
    },
    "運営方針書": {
        "year.open": "年度の運営方針書を用意",
        "basics.save": "部の使命・現状を保存",
        "response.save": "部の方針を保存",
        "projects.save": "施政方針の事業を選択",
        "goal.add": "目標を追加",
        "goal.save": "目標を保存",
        "goal.remove": "目標を取消し",
        "goal.move": "目標の順を変更",
        "goal.copy": "昨年度の目標を複写",
        "conflict.keep": "重なった文を保管",
        "amendment.confirm": "基本方針の改正を確認",
    },
    "事務引継ぎ": {
        "handover.save": "引継書を保存",
        "handover.hand": "引継書を後任へ渡した",
        "handover.receive": "引継ぎを受領",
        "late.share": "書きかけの文を後任へ渡した",
        "late.discard": "書きかけの文を捨てた",
    },
    "提出と審査": {
        "paper.submit": "提出",
        "paper.sign": "署名",
        "paper.withdraw": "引戻し",
        "paper.return": "差戻し",
        "paper.receive": "受理",
        "paper.finalise": "確定",
        "paper.reopen": "修正のために戻した",
        "paper.publish": "公表",
        "review.begin": "審査を開始",
        "remark.make": "指摘を記入",
        "remark.drop": "指摘を取消し",
        "remark.answer": "指摘に返事",
        "remark.settle": "指摘を解決",
        "remark.ask-again": "指摘の解決を取消し",
    },
    "基本方針と計画": {
        "manuscript.take-in": "原稿を取込み",
        "manuscript.edit": "原稿を修正",
        "manuscript.undo": "原稿の修正を取消し",
        "manuscript.redo": "原稿の修正をやり直し",
        "manuscript.doubt": "原稿の確認事項を確認",
        "manuscript.details": "原稿の題名・日付を変更",
        "manuscript.discard": "原稿を破棄",
        "policy.share": "案を庁内に公開",
        "policy.issue": "基本方針を発出・改正",
        "policy.align": "昨年度の項との対応を確認",
        "plan.add": "計画を追加",
    },
    "面談と面談資料": {
        "interview.schedule": "面談を入力",
        "interview.change": "面談を変更",
        "interview.cancel": "面談を取消し",
        "packet.build": "面談資料を作成",
        "packet.stop": "面談資料の作成を停止",
        "packet.download": "面談資料をダウンロード",
        "packet.sweep": "古い面談資料のファイルを整理",
    },
    "表と監査": {
        "table.import": "表の取込み",
        "table.export": "表の書出し",
        "charges.save": "担任を保存",
        "charges.copy": "昨年度の担任を複写",
        "spring.upload": "人事・組織のファイルを確認",
        "spring.import": "人事・組織を取込み",
        "spring.undo": "人事・組織の取込みを取消し",
        "spring.delete": "人事・組織のファイルを破棄",
        "spring.export": "人事・組織を書出し",
        "audit.verify": "監査記録を点検",
        "audit.export": "監査記録を書出し",
        "demo.seed": "見本を登録",
    },
}
"""What each verb says to people, in the order in which they choose one."""
OF_TABLES = {"add": "追加", "change": "変更", "delete": "削除"}
"""How the verbs of a table end: ``department.add`` and the like."""
_WORD = {verb: words for group in WORDS.values() for verb, words in group.items()}


def words_of(verb: str) -> str:
    """The words for a verb of the audit trail; the verb itself where there are none."""
    return _WORD.get(verb) or _words_of_table(verb) or verb


def _words_of_table(verb: str) -> str:
    """部を追加, from ``department.add``."""
    table, _, ending = verb.rpartition(".")
    models = {model._meta.model_name: model for model in apps.get_models()}
    if ending not in OF_TABLES or table not in models:
        return ""
    return f"{models[table]._meta.verbose_name}を{OF_TABLES[ending]}"


@dataclass(frozen=True)
class Actor:
    """Who acts: the person, for whom (代理), and from which address. No person: the system."""

    user: "User | None" = None
    standing_in_for_id: int | None = None
    address: str = ""

    @property
    def person(self) -> "User":
        """The user, where the row that is written must name one."""
        if self.user is None:
            raise ValueError("the system signs no papers")
        return self.user


SYSTEM = Actor()


def subject_of(row: Model) -> str:
    """The name under which the history of ``row`` is kept: ``goals.operatingpolicy/12``."""
    return f"{row._meta.label_lower}/{row.pk}"


def changes(row: Model, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What setting ``values`` on the stored ``row`` changes: before and after."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    return {name: getattr(row, name) for name in changed}, changed


@dataclass(frozen=True)
class Line:
    """What one line tells. ``verb`` is ``paper.submit`` and the like; ``subject`` the record in
    whose history it shows."""

    verb: str
    label: str
    subject: Model | str = ""
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None


def record(
    verb: str,
    *,
    by: Actor,
    label: str,
    subject: Model | str = "",
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Add one line, in the transaction of the change that it tells of (call it last there)."""
    return record_all([Line(verb, label, subject, before, after)], by=by)[0]


@transaction.atomic
def record_all(lines: Iterable[Line], *, by: Actor) -> list[AuditEvent]:
    """Add several lines at once, for a change that shows in several histories."""
    head, _ = AuditHead.objects.select_for_update().get_or_create(pk=1)
    previous, events = head.digest, []
    for line in lines:
        event = AuditEvent(
            at=clock.now(),
            verb=line.verb,
            actor=by.user,
            standing_in_for_id=by.standing_in_for_id,
            address=by.address[:45],
            subject=line.subject if isinstance(line.subject, str) else subject_of(line.subject),
            label=line.label[:200],
            before=_plain(line.before),
            after=_plain(line.after),
        )
        event.digest = previous = digest_of(previous, event)
        event.save(force_insert=True)
        events.append(event)
    AuditHead.objects.filter(pk=1).update(digest=previous)
    return events


def _plain(values: Mapping[str, Any] | None) -> dict[str, Any]:
    """``values`` as JSON gives them back, so that the digest is the same when read again."""
    plain: dict[str, Any] = json.loads(json.dumps(values or {}, cls=DjangoJSONEncoder, default=str))
    return plain


def digest_of(previous: str, event: AuditEvent) -> str:
    """SHA-256 (hexadecimal) of the previous digest and all that the line says."""
    line = [
        event.at.timestamp(),
        event.verb,
        event.actor_id,
        event.standing_in_for_id,
        event.address,
        event.subject,
        event.label,
        event.before,
        event.after,
    ]
    text = json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{text}".encode()).hexdigest()


@dataclass(frozen=True)
class Checked:
    """How far the chain has been followed."""

    lines: int
    broken: int | None = None
    """The number of the first line that does not fit the chain; 0 for a cut end; None: whole."""
    is_done: bool = False


@dataclass
class _Chain:
    """The chain as far as it has been followed."""

    digest: str = START
    last: int = 0
    lines: int = 0

    def follow(self, events: Iterable[AuditEvent]) -> int | None:
        """The number of the first of ``events`` that does not fit."""
        for event in events:
            if event.digest != digest_of(self.digest, event):
                return event.pk
            self.digest, self.last, self.lines = event.digest, event.pk, self.lines + 1
        return None


def check_chain() -> Iterator[Checked]:
    """Follow the chain, telling how far after each batch; the last answer ``is_done``.

    Nobody waits meanwhile. Only for its end is the trail held, so that a line that is just
    being added does not look like a cut.
    """
    chain = _Chain()
    for batch in batches(AuditEvent.objects.all()):
        if broken := chain.follow(batch):
            yield Checked(chain.lines, broken, is_done=True)
            return
        yield Checked(chain.lines)
    with transaction.atomic():
        head = AuditHead.objects.select_for_update().filter(pk=1).first()
        broken = chain.follow(AuditEvent.objects.filter(pk__gt=chain.last).order_by("pk"))
    if broken is None and chain.digest != (head.digest if head else START):
        broken = 0
    yield Checked(chain.lines, broken, is_done=True)


def batches(events: QuerySet[AuditEvent], after: int = 0) -> Iterator[list[AuditEvent]]:
    """``events`` by number, in lists that are read at once."""
    while batch := list(events.filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield batch
        after = batch[-1].pk


def first_broken_line() -> int | None:
    """The number of the first line that does not fit the chain; 0 for a cut end; None: whole."""
    return [checked.broken for checked in check_chain() if checked.is_done][0]
