"""Sign-in."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from departments.models import User
from departments.queries import OpenSession

MAX_PASSWORD = 128


class SignInForm(LoginForm):
    """Staff number and password."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        number, password = self.fields["login"], self.fields["password"]
        number.label = "職員番号"
        number.max_length = User._meta.get_field("username").max_length
        number.error_messages["required"] = "職員番号を入力してください。"
        number.widget.attrs = {"autocomplete": "username", "autocapitalize": "none"}
        number.validators.append(_at_most(number.max_length, "職員番号"))
        password.label = "パスワード"
        password.help_text = ""
        password.error_messages["required"] = "パスワードを入力してください。"
        password.widget.attrs = {"autocomplete": "current-password"}
        password.validators.append(_at_most(MAX_PASSWORD, "パスワード"))


class ChangePasswordForm(AllauthChangePasswordForm):
    """The present password and a new one, twice."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        labels = {
            "oldpassword": "いまのパスワード",
            "password1": "新しいパスワード",
            "password2": "新しいパスワード（もう一度）",
        }
        for name, label in labels.items():
            field = self.fields[name]
            field.label = label
            field.error_messages["required"] = f"{label}を入力してください。"
            field.widget.attrs.pop("placeholder", None)
            field.validators.append(_at_most(MAX_PASSWORD, label))

    def clean(self) -> dict[str, Any]:
        """The new password is another one than the present."""
        typed: dict[str, Any] = super().clean()
        if typed.get("password1") and typed["password1"] == typed.get("oldpassword"):
            self.add_error("password1", "いまのパスワードと違うものにしてください。")
        return typed


class EndSessionForm(forms.Form):
    """Which machine of one's own is to be signed out; none named: all the others."""

    session = forms.CharField(required=False, max_length=16)

    def __init__(self, *args: object, rows: list[OpenSession], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.rows = rows

    def clean_session(self) -> OpenSession | None:
        asked = self.cleaned_data["session"]
        found = [row for row in self.rows if row.session.reference == asked and not row.is_here]
        if asked and not found:
            raise ValidationError("すでに終わっています。")
        return found[0] if asked else None


def _at_most(limit: int, label: str) -> MaxLengthValidator:
    return MaxLengthValidator(limit, message=f"{label}は{limit}文字までで入力してください。")
