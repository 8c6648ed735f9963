"""The file that is handed in, and the words with which a plan is taken in."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile

from core.tables import MAX_BYTES, Unfit, check_workbook
from core.text import normalise

LARGEST = f"{MAX_BYTES // 1024**2}MB"
XLS = b"\xd0\xcf\x11\xe0"


class SpringFileForm(forms.Form):
    """An Excel workbook; ``content`` and ``file_name`` in cleaned_data. Not yet read."""

    file = forms.FileField(
        label="ファイル",
        help_text=f"ひな形に書いたExcel（.xlsx）。{LARGEST}、1シート5,000行まで。",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": "ファイルを選んでください。",
            "empty": "ファイルに何も書かれていません。",
            "missing": "ファイルを選んでください。",
            "invalid": "ファイルを選んでください。",
        },
    )

    def clean_file(self) -> UploadedFile:
        """What is too large, or no workbook, is never opened."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(f"ファイルが大きすぎます。{LARGEST}までです。")
        content = file.read()
        if content.startswith(XLS):
            raise ValidationError(
                "古い形式（.xls）か、パスワードの付いたファイルです。"
                "パスワードを外し、.xlsxの形式で保存し直してください。"
            )
        if not content.startswith(b"PK"):
            raise ValidationError("Excelのファイルではありません。.xlsxを選んでください。")
        try:
            check_workbook(content)
        except Unfit as problem:
            raise ValidationError(str(problem)) from None
        self.cleaned_data["content"] = content
        self.cleaned_data["file_name"] = normalise(file.name or "")
        return file


class TakeInForm(forms.Form):
    """The plan that the person saw."""

    plan = forms.CharField(max_length=64, widget=forms.HiddenInput)
