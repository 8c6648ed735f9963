"""Who may do what: one table of permission x post x scope, and the one rule that reads it.

Rights come from posts (補職), and posts have dates; which posts a person holds on a day, as known
on a day, is ``departments.queries.holdings``. ``docs/permissions.md`` is printed from here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from django.db.models import TextChoices


class Post(TextChoices):
    """職: what a person is appointed to."""

    HEAD = "head", "部長・担当部長"
    CHIEF = "chief", "課長"
    DRAFTER = "drafter", "担当"
    MAYOR = "mayor", "市長"
    DEPUTY_MAYOR = "deputy_mayor", "副市長"
    SUPERINTENDENT = "superintendent", "教育長"
    POLICY_OFFICE = "policy_office", "政策経営課"
    SECRETARY = "secretary", "秘書課"
    VIEWER = "viewer", "閲覧者"
    ADMINISTRATOR = "administrator", "システム管理者"


DEPARTMENT_POSTS = frozenset({Post.HEAD, Post.CHIEF, Post.DRAFTER})
INTERVIEWER_POSTS = (Post.MAYOR, Post.DEPUTY_MAYOR, Post.SUPERINTENDENT)
"""Who interviews, in order of rank."""


class Permission(TextChoices):
    """権限: what a page or an action asks for."""

    ENTER = "enter", "利用する"
    READ_POLICY = "policy.read", "基本方針を読む"
    WRITE_POLICY = "policy.write", "基本方針を取り込む・直す・発出する"
    READ_PAPER = "paper.read", "運営方針書を読む"
    READ_INSIDE = "paper.inside", "運営方針書の指摘・経過・引継ぎを読む"
    WRITE_PAPER = "paper.write", "運営方針書を書く"
    WRITE_GOAL = "goal.write", "組織目標を書く"
    SUBMIT_PAPER = "paper.submit", "提出する・引き戻す"
    SIGN_PAPER = "paper.sign", "署名する"
    HAND_OVER = "handover.write", "引継書を書く・渡す"
    RECEIVE_HANDOVER = "handover.receive", "引継ぎを受ける"
    LEAVE_TEXT = "handover.leave", "職を離れたあと、書きかけの文を後任へ渡す"
    READ_HANDOVERS = "handover.board", "引継ぎの状況を見る"
    READ_BOARD = "board.read", "提出状況を見る"
    REVIEW_PAPER = "paper.review", "審査する（指摘・差戻し・受理）"
    FINALISE_PAPER = "paper.finalise", "確定する・修正のために戻す"
    READ_INTERVIEW = "interview.read", "面談日程を見る"
    WRITE_INTERVIEW = "interview.write", "面談を入力する"
    READ_PACKET = "packet.read", "面談資料を見る・出力する"
    READ_BOOK = "packet.book", "面談者の日・全部門の面談資料を見る・出力する"
    USE_ADMIN = "admin.use", "管理画面を使う"
    EDIT_REFERENCE = "reference.edit", "組織・計画・基本方針の表を直す"
    EDIT_PEOPLE = "people.edit", "職員と発令を直す"
    READ_AUDIT = "audit.read", "監査記録を見る"
    READ_CHARGES = "charges.read", "事務分担（担任）を見る"


class Scope(Enum):
    """Whose papers a permission reaches."""

    OWN = "自分の部"
    DIVISION = "自分の課"
    SUBMITTED = "提出されたもの"
    FINALISED = "確定したもの"
    ALL = "すべて"


OWN, DIVISION, ALL = Scope.OWN, Scope.DIVISION, Scope.ALL
SUBMITTED, FINALISED = Scope.SUBMITTED, Scope.FINALISED

_ROWS: dict[Permission, dict[Post, set[Scope]]] = {
    Permission.ENTER: {post: {ALL} for post in Post},
    Permission.READ_POLICY: {post: {ALL} for post in Post},
    Permission.WRITE_POLICY: {Post.POLICY_OFFICE: {ALL}},
    Permission.READ_PAPER: {
        Post.HEAD: {OWN, FINALISED},
        Post.CHIEF: {OWN, FINALISED},
        Post.DRAFTER: {OWN, FINALISED},
        Post.MAYOR: {SUBMITTED},
        Post.DEPUTY_MAYOR: {SUBMITTED},
        Post.SUPERINTENDENT: {SUBMITTED},
        Post.POLICY_OFFICE: {ALL},
        Post.SECRETARY: {FINALISED},
        Post.VIEWER: {FINALISED},
    },
    Permission.READ_INSIDE: {
        Post.HEAD: {OWN},
        Post.CHIEF: {OWN},
        Post.DRAFTER: {OWN},
        Post.POLICY_OFFICE: {ALL},
    },
    Permission.WRITE_PAPER: {Post.HEAD: {OWN}, Post.DRAFTER: {OWN}},
    Permission.WRITE_GOAL: {Post.HEAD: {OWN}, Post.CHIEF: {DIVISION}, Post.DRAFTER: {OWN}},
    Permission.SUBMIT_PAPER: {Post.HEAD: {OWN}},
    Permission.SIGN_PAPER: {Post.HEAD: {OWN}},
    Permission.HAND_OVER: {Post.HEAD: {OWN}},
    Permission.RECEIVE_HANDOVER: {Post.HEAD: {OWN}},
    Permission.LEAVE_TEXT: {Post.HEAD: {OWN}, Post.CHIEF: {OWN}, Post.DRAFTER: {OWN}},
    Permission.READ_HANDOVERS: {Post.POLICY_OFFICE: {ALL}},
    Permission.READ_BOARD: {
        Post.MAYOR: {ALL},
        Post.DEPUTY_MAYOR: {ALL},
        Post.SUPERINTENDENT: {ALL},
        Post.POLICY_OFFICE: {ALL},
        Post.SECRETARY: {ALL},
    },
    Permission.REVIEW_PAPER: {Post.POLICY_OFFICE: {ALL}},
    Permission.FINALISE_PAPER: {Post.POLICY_OFFICE: {ALL}},
    Permission.READ_INTERVIEW: {
        Post.HEAD: {ALL},
        Post.CHIEF: {ALL},
        Post.DRAFTER: {ALL},
        Post.MAYOR: {ALL},
        Post.DEPUTY_MAYOR: {ALL},
        Post.SUPERINTENDENT: {ALL},
        Post.POLICY_OFFICE: {ALL},
        Post.SECRETARY: {ALL},
    },
    Permission.WRITE_INTERVIEW: {Post.POLICY_OFFICE: {ALL}, Post.SECRETARY: {ALL}},
    Permission.READ_PACKET: {
        Post.HEAD: {OWN},
        Post.CHIEF: {OWN},
        Post.DRAFTER: {OWN},
        Post.MAYOR: {SUBMITTED},
        Post.DEPUTY_MAYOR: {SUBMITTED},
        Post.SUPERINTENDENT: {SUBMITTED},
        Post.POLICY_OFFICE: {ALL},
        Post.SECRETARY: {SUBMITTED},
    },
    Permission.READ_BOOK: {
        Post.MAYOR: {SUBMITTED},
        Post.DEPUTY_MAYOR: {SUBMITTED},
        Post.SUPERINTENDENT: {SUBMITTED},
        Post.POLICY_OFFICE: {ALL},
        Post.SECRETARY: {SUBMITTED},
    },
    Permission.USE_ADMIN: {Post.POLICY_OFFICE: {ALL}, Post.ADMINISTRATOR: {ALL}},
    Permission.EDIT_REFERENCE: {Post.POLICY_OFFICE: {ALL}, Post.ADMINISTRATOR: {ALL}},
    Permission.EDIT_PEOPLE: {Post.ADMINISTRATOR: {ALL}},
    Permission.READ_AUDIT: {Post.ADMINISTRATOR: {ALL}},
    Permission.READ_CHARGES: {post: {ALL} for post in Post if post != Post.VIEWER},
}

AHEAD = frozenset(
    {
        Permission.READ_PAPER,
        Permission.READ_INSIDE,
        Permission.READ_PACKET,
        Permission.RECEIVE_HANDOVER,
    }
)
"""What a coming post gives on this year's papers already: the incoming head reads for handover."""
AFTERWARDS = frozenset(
    {Permission.ENTER, Permission.READ_POLICY, Permission.HAND_OVER, Permission.LEAVE_TEXT}
)
"""What a department post goes on to give for some days after its end: to finish the handover."""

TABLE: Mapping[Permission, Mapping[Post, frozenset[Scope]]] = {
    permission: {post: frozenset(scopes) for post, scopes in row.items()}
    for permission, row in _ROWS.items()
}


@dataclass(frozen=True)
class Holding:
    """A post held on some day: what ``departments.queries.holdings`` answers."""

    post: Post
    title: str
    department_id: int | None = None
    department_code: str = ""
    department_name: str = ""
    division_id: int | None = None
    standing_in_for_id: int | None = None
    appointment_id: int | None = field(default=None, compare=False)
    """Where it comes from; two appointments to the same post hold the same."""
    is_over: bool = False
    """Ended already: held on for the handover (``AFTERWARDS``)."""


@dataclass(frozen=True)
class Target:
    """What is acted on: the paper of a department, or one goal on it; how far it has come."""

    department_id: int
    is_submitted: bool = False
    is_finalised: bool = False
    is_goal: bool = False
    division_id: int | None = None
    """The division that leads the goal."""
    heirs: frozenset[int] = frozenset()
    """Departments that have taken over from the paper's (``departments.lineage``)."""
    division_heirs: frozenset[int] = frozenset()

    @property
    def departments(self) -> frozenset[int]:
        """The departments whose paper this is by now."""
        return self.heirs | {self.department_id}

    @property
    def divisions(self) -> frozenset[int]:
        """The divisions whose goal this is by now; none where nobody leads it."""
        return self.division_heirs | ({self.division_id} if self.division_id else set())


class Refused(Exception):
    """The person may not do this; the message says so in a sentence for that person."""


class Outside(Refused):
    """The person holds no post today: no page is open, not even the first one."""


class Hidden(Refused):
    """The person may not even know that it exists: answered like a page that is not there."""


def reaches(scope: Scope, holding: Holding, target: Target) -> bool:
    """Whether ``scope``, for the holder of a post, covers ``target``.

    One's own division covers the goals that it leads; of a whole paper, that it may have some.
    """
    is_own = holding.department_id in target.departments
    is_in_division = not target.is_goal or holding.division_id in target.divisions
    return {
        Scope.OWN: is_own,
        Scope.DIVISION: is_own and is_in_division,
        Scope.SUBMITTED: target.is_submitted,
        Scope.FINALISED: target.is_finalised,
        Scope.ALL: True,
    }[scope]


def scopes_of(
    holding: Holding, permission: Permission, target: Target | None = None
) -> frozenset[Scope]:
    """In which scopes the holder of a post may do ``permission``; on ``target``, by which."""
    scopes = TABLE[permission].get(holding.post, frozenset())
    return scopes if target is None else frozenset(s for s in scopes if reaches(s, holding, target))


def check(
    holdings: Iterable[Holding], permission: Permission, target: Target | None = None
) -> Holding:
    """The holding that allows ``permission`` on ``target``; without a target, in any scope.

    Raises Refused. A post of one's own is preferred to one held for somebody absent (代理).
    """
    own_first = sorted(holdings, key=lambda holding: holding.standing_in_for_id is not None)
    for holding in own_first:
        if scopes_of(holding, permission, target):
            return holding
    if permission is Permission.ENTER:
        raise Outside("いまは、利用できる職に就いていません。")
    raise Refused(f"いまの職では、この操作（{permission.label}）はできません。")
