"""What is typed of an interview."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from core.fields import NormalisedCharField, VersionField, WarekiDateField
from core.permissions import Post
from core.text import normalise
from core.years import fiscal_year, format_year
from departments.models import Appointment, Department, User
from interviews.actions import Booking
from interviews.charges import InCharge, in_charge_of
from interviews.models import Interview
from interviews.overlaps import Cause, Clash
from interviews.queries import explainers, interviewers_on, usual_day

USUAL_LENGTH = dt.timedelta(minutes=60)
_TIME = re.compile(
    r"(?P<hour>\d{1,2})\s?(?:[:時]\s?(?:(?P<minute>\d{1,2})\s?分?|(?P<half>半))?)?\Z"
)
_DIGITS = re.compile(r"(?P<hour>\d{1,2})(?P<minute>\d{2})\Z")
HOW_TO_WRITE = "「9:00」「9時30分」「0930」のように入力してください。"
FIELD_OF = {
    Cause.DEPARTMENT: "start",
    Cause.ROOM: "room",
    Cause.INTERVIEWER: "interviewers",
    Cause.ATTENDEE: "attendees",
}


def parse_time(text: str) -> dt.time:
    """A time as people type it: 9:00, ９：００, 9時30分, 9時半, 0930; ValueError otherwise."""
    folded = unicodedata.normalize("NFKC", text).strip()
    match = _TIME.match(folded) or _DIGITS.match(folded)
    if not match or not folded.isprintable():
        raise ValueError(HOW_TO_WRITE)
    parts = match.groupdict()
    minute = 30 if parts.get("half") else int(parts.get("minute") or 0)
    return dt.time(int(parts["hour"]), minute)


class TimeTextField(forms.Field):
    """A time of the day, shown as 9:00."""

    widget = forms.TextInput
    default_error_messages = {"required": "時刻を入力してください。"}

    def to_python(self, value: Any) -> dt.time | None:
        if value is None or isinstance(value, dt.time):
            return value
        if not normalise(str(value)).strip():
            return None
        try:
            return parse_time(normalise(str(value)))
        except ValueError:
            raise ValidationError(f"時刻として読めません。{HOW_TO_WRITE}", code="invalid") from None

    def prepare_value(self, value: Any) -> Any:
        return f"{value.hour}:{value.minute:02d}" if isinstance(value, dt.time) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, str]:
        return {"class": "w-8", "autocomplete": "off"}


class PeopleField(forms.TypedMultipleChoiceField):
    """People to choose from, each named by title and name; cleaned to users."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, **kwargs)
        self.people: dict[int, User] = {}

    def offer(
        self, appointments: list[Appointment], also: list[User], notes: Mapping[int, str]
    ) -> None:
        """Offer the holders of ``appointments``, and those who are chosen already.

        ``notes`` are told beside the names: why a person is proposed.
        """
        labels = {
            held.user_id: f"{held.title}　{held.user.name}" for held in reversed(appointments)
        }
        labels = dict(reversed(labels.items()))
        self.people = {held.user_id: held.user for held in appointments}
        for user in also:
            labels.setdefault(user.pk, user.name)
            self.people.setdefault(user.pk, user)
        self.choices = [
            (pk, f"{label}（{notes[pk]}）" if pk in notes else label)
            for pk, label in labels.items()
        ]

    def clean(self, value: Any) -> list[User]:
        return [self.people[key] for key in dict.fromkeys(super().clean(value))]


class InterviewForm(forms.Form):
    """Day, time, room and people of one interview."""

    version = VersionField(required=False)
    date = WarekiDateField(label="日", help_text="例：令和5年4月6日、R5.4.6、2023/4/6")
    start = TimeTextField(label="始まり", help_text="例：9:00、9時30分")
    end = TimeTextField(label="終わり", required=False, help_text="空けておくと60分です。")
    room = NormalisedCharField(
        label="会場",
        max_length=40,
        widget=forms.TextInput(attrs={"list": "rooms", "autocomplete": "off"}),
        error_messages={"required": "会場を入力してください。"},
    )
    interviewers = PeopleField(
        label="面談者",
        error_messages={
            "required": "面談者を1人以上選んでください。",
            "invalid_choice": "選んだ人は、その日の市長・副市長・教育長ではありません。",
        },
    )
    attendees = PeopleField(
        label="説明者",
        required=False,
        error_messages={"invalid_choice": "選んだ人は、この部の部長・課長ではありません。"},
    )

    def __init__(
        self,
        *args: Any,
        year: int,
        department: Department,
        interview: Interview | None = None,
        **kwargs: Any,
    ) -> None:
        self.year, self.department = year, department
        self.in_charge = in_charge_of(department, year)
        come = explainers(department, year)
        chosen = _chosen(interview) if interview else self._usual(come)
        super().__init__(*args, initial=chosen, **kwargs)
        asked, explaining = _people_of(interview)
        self.fields["interviewers"].offer(
            interviewers_on(self._day()), asked, {row.user.pk: row.words for row in self.in_charge}
        )
        self.fields["attendees"].offer(come, explaining, {})

    def _usual(self, come: list[Appointment]) -> dict[str, Any]:
        """The next likely day, who answers for the department and its divisions, its heads."""
        return {
            "date": usual_day(self.year),
            "interviewers": [row.user.pk for row in self.in_charge],
            "attendees": [held.user_id for held in come if held.post == Post.HEAD],
        }

    @property
    def not_in_office(self) -> list[InCharge]:
        """Who answers, but holds no post that interviews on the day."""
        offered = self.fields["interviewers"].people
        return [row for row in self.in_charge if row.user.pk not in offered]

    def _day(self) -> dt.date:
        """The day that is typed, as far as it can be read; else the day that is offered."""
        offered: dt.date = self.initial["date"]
        try:
            return self.fields["date"].to_python(self.data.get("date")) or offered
        except ValidationError:
            return offered

    def clean_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["date"]
        if fiscal_year(day) not in {self.year - 1, self.year}:
            raise ValidationError(f"{format_year(self.year)}の面談の日を入力してください。")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("date") or not cleaned.get("start") or "end" not in cleaned:
            return cleaned
        starts_at = _moment(cleaned["date"], cleaned["start"])
        end = cleaned["end"]
        ends_at = _moment(cleaned["date"], end) if end else starts_at + USUAL_LENGTH
        if ends_at <= starts_at:
            self.add_error("end", "終わりの時刻は、始まりより後にしてください。")
        elif ends_at.date() != starts_at.date():
            self.add_error("end", "終わりの時刻を、同じ日の中で入力してください。")
        return {**cleaned, "starts_at": starts_at, "ends_at": ends_at}

    @property
    def booking(self) -> Booking:
        """What was entered; of a valid form."""
        names = ("starts_at", "ends_at", "room", "interviewers", "attendees")
        return Booking(**{name: self.cleaned_data[name] for name in names})

    def add_clashes(self, clashes: list[Clash]) -> None:
        """Say at each field what stands against it."""
        for clash in clashes:
            self.add_error(FIELD_OF[clash.cause], clash.sentence)

    def see_version(self, version: int) -> None:
        """Let the next save be based on ``version``: the person has been shown it."""
        self.data = self.data.copy()
        self.data[self.add_prefix("version")] = str(version)


class CancelForm(forms.Form):
    """The interview as the person saw it."""

    version = VersionField()


def _moment(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))


def _people_of(interview: Interview | None) -> tuple[list[User], list[User]]:
    if interview is None:
        return [], []
    return list(interview.interviewers.all()), list(interview.attendees.all())


def _chosen(interview: Interview) -> dict[str, Any]:
    starts_at = timezone.localtime(interview.starts_at)
    return {
        "version": interview.version,
        "date": starts_at.date(),
        "start": starts_at.time(),
        "end": timezone.localtime(interview.ends_at).time(),
        "room": interview.room,
        "interviewers": [user.pk for user in interview.interviewers.all()],
        "attendees": [user.pk for user in interview.attendees.all()],
    }
