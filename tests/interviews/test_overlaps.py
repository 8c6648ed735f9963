"""Which interviews cannot stand beside each other: rules, sentences, and properties."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interviews.overlaps import Cause, Person, Slot, clashes, warnings
from tests.factories import JST, jst

MAYOR = Person(1, "井澤 邦夫", "市長")
DEPUTY = Person(2, "瀬名 和彦", "副市長")
HEAD = Person(3, "髙木 誠一", "総務部長")
OTHER_HEAD = Person(4, "志村 和恵", "市民生活部長")


def slot(start, end, **fields):
    values = {"department": "総務部", "room": "市長室", "interviewers": (MAYOR,), "attendees": ()}
    return Slot(
        starts_at=jst(2023, 4, 6) + dt.timedelta(hours=start),
        ends_at=jst(2023, 4, 6) + dt.timedelta(hours=end),
        **{**values, **fields},
    )


def elsewhere(start, end, **fields):
    """Another department in another room with other people, unless told otherwise."""
    values = {"department": "健康部", "room": "庁議室", "interviewers": (DEPUTY,)}
    return slot(start, end, **{**values, **fields})


def sentences(candidate, *standing):
    return [clash.sentence for clash in clashes(candidate, standing)]


@pytest.mark.parametrize(
    ("fields", "cause", "sentence"),
    [
        (
            {"department": "総務部"},
            Cause.DEPARTMENT,
            "総務部の面談は、4月6日（木）10時から11時までにも入っています。",
        ),
        (
            {"room": "市長室"},
            Cause.ROOM,
            "市長室は、4月6日（木）10時から11時まで、健康部の面談に使われます。",
        ),
        (
            {"interviewers": (MAYOR,)},
            Cause.INTERVIEWER,
            "市長 井澤 邦夫さんは、4月6日（木）10時から11時まで、健康部の面談に出ます。",
        ),
        (
            {"attendees": (HEAD,)},
            Cause.ATTENDEE,
            "総務部長 髙木 誠一さんは、4月6日（木）10時から11時まで、健康部の面談に出ます。",
        ),
    ],
)
def test_each_cause_is_told_in_a_sentence(fields, cause, sentence):
    candidate = slot(10.5, 11.5, attendees=(HEAD,))

    found = clashes(candidate, [elsewhere(10, 11, **fields)])

    assert [(clash.cause, clash.sentence) for clash in found] == [(cause, sentence)]


def test_interviews_that_share_nothing_may_be_at_the_same_time():
    assert clashes(slot(10, 11), [elsewhere(10, 11)]) == []


@pytest.mark.parametrize(("start", "end"), [(9, 10), (11, 12)])
def test_interviews_that_only_touch_do_not_overlap(start, end):
    assert clashes(slot(10, 11), [slot(start, end)]) == []


def test_a_room_is_the_same_however_its_name_is_typed():
    candidate = slot(10, 11, room="第１ 会議室")

    assert sentences(candidate, elsewhere(10, 11, room="第1会議室")) == [
        "第1会議室は、4月6日（木）10時から11時まで、健康部の面談に使われます。"
    ]


def test_who_asks_in_one_cannot_explain_in_another():
    candidate = slot(10, 11, interviewers=(OTHER_HEAD,))

    found = clashes(candidate, [elsewhere(10, 11, attendees=(OTHER_HEAD,))])

    assert [clash.cause for clash in found] == [Cause.INTERVIEWER]


def test_all_causes_are_told_at_once_in_order_of_time():
    later = elsewhere(10.5, 11.5, interviewers=(MAYOR,))
    earlier = elsewhere(9.5, 10.25, room="市長室", interviewers=(MAYOR,))

    causes = [clash.cause for clash in clashes(slot(10, 11), [later, earlier])]

    assert causes == [Cause.ROOM, Cause.INTERVIEWER, Cause.INTERVIEWER]


def test_minutes_are_told():
    assert slot(9.5, 10.75).when == "4月6日（木）9時30分から10時45分まで"


@pytest.mark.parametrize(
    ("day", "start", "end", "expected"),
    [
        (dt.date(2023, 4, 6), 9, 10, []),
        (dt.date(2023, 4, 6), 11, 12, []),
        (dt.date(2023, 4, 6), 13, 14, []),
        (dt.date(2023, 4, 6), 12, 12.5, ["12時から13時までの昼休みにかかります。"]),
        (dt.date(2023, 4, 6), 11.5, 13.5, ["12時から13時までの昼休みにかかります。"]),
        (dt.date(2023, 4, 8), 9, 10, ["4月8日（土）は閉庁日です。"]),
        (dt.date(2023, 5, 3), 9, 10, ["5月3日（水）は閉庁日です。"]),
    ],
)
def test_unusual_times_are_warned_of(day, start, end, expected):
    midnight = dt.datetime.combine(day, dt.time(), JST)
    unusual = Slot(
        "総務部",
        midnight + dt.timedelta(hours=start),
        midnight + dt.timedelta(hours=end),
        "市長室",
    )

    assert warnings(unusual) == expected


# ---- properties -----------------------------------------------------------------------------

PEOPLE = st.lists(st.sampled_from([MAYOR, DEPUTY, HEAD, OTHER_HEAD]), unique=True, max_size=3)


@st.composite
def slots(draw):
    start = draw(st.integers(0, 40))
    length = draw(st.integers(1, 8))
    return Slot(
        department=draw(st.sampled_from(["総務部", "健康部", "福祉部"])),
        starts_at=jst(2023, 4, 6, 8) + start * dt.timedelta(minutes=15),
        ends_at=jst(2023, 4, 6, 8) + (start + length) * dt.timedelta(minutes=15),
        room=draw(st.sampled_from(["市長室", "庁議室", "第1会議室"])),
        interviewers=tuple(draw(PEOPLE)),
        attendees=tuple(draw(PEOPLE)),
    )


def shares(one, other):
    people = {p.key for p in one.people} & {p.key for p in other.people}
    return one.department == other.department or one.room == other.room or bool(people)


def quarters(of):
    """Every quarter of an hour of an interview: the slow, obvious way to say overlap."""
    length = int((of.ends_at - of.starts_at) / dt.timedelta(minutes=15))
    return {of.starts_at + n * dt.timedelta(minutes=15) for n in range(length)}


@given(slots(), slots())
def test_a_clash_is_common_time_and_something_shared(one, other):
    expected = bool(quarters(one) & quarters(other)) and shares(one, other)

    assert bool(clashes(one, [other])) == expected


@given(slots(), slots())
def test_a_clash_is_mutual(one, other):
    assert bool(clashes(one, [other])) == bool(clashes(other, [one]))


@given(slots(), st.lists(slots(), max_size=6))
def test_interviews_clash_one_by_one(one, others):
    together = sorted(c.sentence for c in clashes(one, others))
    single = sorted(c.sentence for other in others for c in clashes(one, [other]))

    assert together == single


@given(slots(), slots(), st.integers(-400, 400))
def test_moving_both_days_alike_changes_nothing(one, other, days):
    def moved(of):
        by = dt.timedelta(days=days)
        return Slot(
            of.department,
            of.starts_at + by,
            of.ends_at + by,
            of.room,
            of.interviewers,
            of.attendees,
        )

    causes = [clash.cause for clash in clashes(one, [other])]

    assert [clash.cause for clash in clashes(moved(one), [moved(other)])] == causes


@given(slots())
def test_an_interview_directly_after_never_clashes(one):
    after = Slot(
        one.department,
        one.ends_at,
        one.ends_at + dt.timedelta(minutes=15),
        one.room,
        one.interviewers,
        one.attendees,
    )

    assert clashes(after, [one]) == []


@given(slots(), slots())
def test_every_sentence_is_whole(one, other):
    for clash in clashes(one, [other]):
        assert clash.sentence.endswith("。")
        assert other.when in clash.sentence
