"""What the policy office does at its desk: taking in, putting right, issuing."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from core.fields import NormalisedCharField, VersionField, WarekiDateField
from policies import edits
from policies.forms.plans import YearField
from policies.models import BasicPolicy, Manuscript, Speech
from policies.outline import Outline
from policies.reading import (
    MAX_CONTAINER_BYTES,
    Unreadable,
    check_length,
    check_text,
    read_content,
)

HIDDEN = forms.HiddenInput
LARGEST = f"{MAX_CONTAINER_BYTES // 1024**2}MB"


class IntakeForm(forms.Form):
    """A document as a file or as pasted text; ``source`` in cleaned_data is its text.

    ``replacing``: the version of the manuscript whose place it takes.
    """

    kind = forms.ChoiceField(
        label="文書", choices=Manuscript.Kind, widget=forms.RadioSelect, initial="basic"
    )
    file = forms.FileField(
        label="ファイル",
        required=False,
        allow_empty_file=True,
        help_text=f"Word（.docx）、PDF、文字だけのファイル（.txt）を{LARGEST}まで読めます。",
        widget=forms.FileInput(attrs={"accept": ".docx,.pdf,.txt"}),
    )
    text = forms.CharField(
        label="文書を貼り付ける",
        required=False,
        strip=False,
        help_text="ファイルがないときは、文書の全文をコピーして、ここに貼り付けます。",
        widget=forms.Textarea(attrs={"rows": 12, "class": "intake__text", "spellcheck": "false"}),
    )
    year = YearField(
        label="年度",
        required=False,
        help_text="空にすると、文書から読み取ります。「令和5年度」または「2023」のように書きます。",
    )
    file_name = NormalisedCharField(required=False, max_length=200, widget=HIDDEN)
    replacing = VersionField(required=False)

    def clean_file(self) -> UploadedFile | None:
        """A file that is too large is never opened."""
        file = self.cleaned_data["file"]
        if file and file.size > MAX_CONTAINER_BYTES:
            raise ValidationError(
                f"ファイルが大きすぎます。{LARGEST}までのファイルを選んでください。"
            )
        return file

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "file" in self.errors:
            return cleaned
        file, text = cleaned.get("file"), cleaned.get("text", "")
        name = "file" if file or not text.strip() else "text"
        try:
            cleaned["source"] = self._source(file, text)
            check_length(cleaned["source"])
        except Unreadable as problem:
            self.add_error(name, str(problem))
        if file:
            cleaned["file_name"] = (file.name or "")[:200]
        return cleaned

    def _source(self, file: UploadedFile | None, text: str) -> str:
        if file:
            return read_content(file.read())
        if not text.strip():
            raise Unreadable("ファイルを選ぶか、文書を貼り付けてください。")
        check_text(text)
        return text


class VersionForm(forms.Form):
    """The manuscript as the person saw it; ``item`` to come back to."""

    version = VersionField()
    item = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1, widget=HIDDEN)


class DoubtForm(VersionForm):
    """A question is settled, or open again."""

    index = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=HIDDEN)
    is_settled = forms.BooleanField(required=False, widget=HIDDEN)


class EditForm(VersionForm):
    """One thing put right: what is typed besides depends on ``kind``."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in edits.KINDS])
    marker = forms.CharField(required=False, max_length=100)
    heading = forms.CharField(required=False, max_length=400)
    text = forms.CharField(required=False, strip=False, max_length=100_000)
    is_open = forms.BooleanField(required=False)
    start = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    end = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    within_start = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    within_end = forms.IntegerField(required=False, min_value=0, max_value=2**31 - 1)
    first = forms.CharField(required=False, max_length=1000)
    last = forms.CharField(required=False, max_length=1000)

    @property
    def is_too_long(self) -> bool:
        """Whether only what was typed is at fault, not the page."""
        typed = {"marker", "heading", "text", "first", "last"}
        return bool(self.errors) and set(self.errors) <= typed

    def edit(self, outline: Outline) -> edits.Edit:
        """What is to be done to ``outline``; raises CannotEdit where it cannot be told."""
        kind, typed = self.cleaned_data["kind"], self.cleaned_data
        if kind in {"mark", "set_apart", "take_in"}:
            return edits.edit_from_json({"kind": kind, **self._passage(outline)})
        further: dict[str, Callable[[], dict[str, Any]]] = {
            "split": lambda: {"at": self._cuts(outline)},
            "renumber": lambda: {"marker": typed["marker"]},
            "retitle": lambda: {"heading": typed["heading"]},
            "reword": lambda: {"text": typed["text"]},
            "add": lambda: {"text": typed["text"]},
            "ask": lambda: {"is_open": typed["is_open"]},
        }
        values = further.get(kind, dict)()
        return edits.edit_from_json({"kind": kind, "node": typed["item"], **values})

    def _cuts(self, outline: Outline) -> tuple[int, ...]:
        return edits.split_points(
            outline, self.cleaned_data["item"] or 0, self.cleaned_data["text"]
        )

    def _passage(self, outline: Outline) -> dict[str, int]:
        """As selected in the source, or between the words that were typed."""
        typed = self.cleaned_data
        start, end = typed["start"], typed["end"]
        if start is None or end is None:
            within = (typed["within_start"] or 0, typed["within_end"] or 0)
            within = (within[0], min(within[1], len(outline.source)))
            start, end = edits.passage_between(outline, within, typed["first"], typed["last"])
        return {"start": start, "end": end}


class DetailsForm(forms.Form):
    """Title, date and issuer; the year until others see the document."""

    version = VersionField()
    year = YearField(label="年度")
    title = NormalisedCharField(
        label="題名",
        max_length=200,
        error_messages={"required": "題名を入力してください。"},
        widget=forms.TextInput(attrs={"class": "w-full"}),
    )
    issued_on = WarekiDateField(
        label="日付",
        required=False,
        help_text="「令和5年3月31日」または「2023/3/31」のように書きます。",
    )
    issuer = NormalisedCharField(label="発出者", max_length=100, required=False)

    def __init__(
        self,
        *args: Any,
        manuscript: Manuscript,
        document: BasicPolicy | Speech | None,
        **kwargs: Any,
    ) -> None:
        names = ("version", "year", "title", "issued_on", "issuer")
        kwargs["initial"] = {name: getattr(manuscript, name) for name in names}
        super().__init__(*args, **kwargs)
        if document is not None:
            del self.fields["year"]
        if isinstance(document, BasicPolicy) and document.is_issued:
            del self.fields["issued_on"]

    def values(self) -> dict[str, Any]:
        """The columns to be saved."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


class IssueForm(forms.Form):
    """発出 or 改正: its date and, for an amendment, its reason."""

    version = VersionField()
    dated_on = WarekiDateField(
        label="発出の日付", help_text="「令和5年3月31日」または「2023/3/31」のように書きます。"
    )
    reason = NormalisedCharField(
        label="改正の理由",
        max_length=400,
        help_text="各部に、変わったところとともに示します。",
        error_messages={"required": "改正の理由を入力してください。"},
        widget=forms.Textarea(attrs={"rows": 3, "class": "is-short"}),
    )

    def __init__(self, *args: Any, is_amendment: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_amendment:
            self.fields["dated_on"].label = "改正の日付"
        else:
            del self.fields["reason"]
