"""Sign-in and second factors."""

import unicodedata
from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm
from allauth.account.forms import ReauthenticateForm as AllauthConfirmForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp.internal.auth import get_totp_secret, validate_totp_code
from allauth.mfa.webauthn.forms import AddWebAuthnForm, AuthenticateWebAuthnForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator

from core.text import normalise
from departments.models import User
from departments.open_sessions import OpenSession

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


class ConfirmForm(AllauthConfirmForm):
    """The present password once more, before something serious."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["password"]
        field.label, field.help_text = "いまのパスワード", ""
        field.error_messages["required"] = "いまのパスワードを入力してください。"
        field.widget.attrs = {"autocomplete": "current-password"}
        field.validators.append(_at_most(MAX_PASSWORD, "パスワード"))


CODE_LIFE = 90
"""Seconds: a code counts in its half minute and in those before and after, and only once."""


def code_field(label: str, help_text: str) -> forms.CharField:
    """Figures as an app shows them, full-width ones too."""
    attrs = {"autocomplete": "one-time-code", "inputmode": "numeric", "class": "w-12"}
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=20,
        widget=forms.TextInput(attrs=attrs),
        error_messages={
            "required": f"{label}を入力してください。",
            "max_length": f"{label}は数字で入力してください。",
        },
    )


def use_once(user: User, code: str) -> None:
    """Let nobody who has looked over a shoulder use the same figures again."""
    if not cache.add(f"second-factor-used:{user.pk}:{code}", "y", timeout=CODE_LIFE):
        raise get_adapter().validation_error("incorrect_code")


def _figures(code: str) -> str:
    return "".join(unicodedata.normalize("NFKC", code).split())


class CodeForm(AuthenticateForm):
    """The code of the app, or a recovery code."""

    code = code_field("確認コード", "認証アプリに出ている6桁の数字か、予備コードの8桁の数字です。")

    def clean_code(self) -> str:
        self.cleaned_data["code"] = _figures(self.cleaned_data["code"])
        code: str = super().clean_code()
        use_once(self.user, code)
        return code


class SetUpAppForm(forms.Form):
    """The first code of an app that has just learned the secret."""

    code = code_field("確認コード", "認証アプリに出た6桁の数字です。")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.secret = get_totp_secret()

    def clean_code(self) -> str:
        try_again = check_rate_limit(self.user, error_key="rate_limited")
        code = _figures(self.cleaned_data["code"])
        if not validate_totp_code(self.secret, code):
            raise get_adapter().validation_error("incorrect_code")
        try_again()
        use_once(self.user, code)
        return code


KEY_FAILED = "セキュリティキーを確かめられませんでした。もう一度試してください。"
MALFORMED = (ValueError, KeyError, AttributeError, TypeError)
"""What comes of an answer that no browser gives."""


class KeyForm(AuthenticateWebAuthnForm):
    """What a security key answered."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages = {"required": KEY_FAILED, "invalid": KEY_FAILED}

    def clean_credential(self) -> object:
        try:
            return super().clean_credential()
        except MALFORMED:
            raise ValidationError(KEY_FAILED) from None
        except ValidationError as error:
            is_wrong = error.code == "incorrect_code"
            raise ValidationError(KEY_FAILED) if is_wrong else error from None


class AddKeyForm(AddWebAuthnForm):
    """A name for a security key, and what it answered when it was made."""

    name = forms.CharField(
        label="キーの名前",
        help_text="ほかのキーと見分けられる名前です。例：机の鍵、庁用のノート",
        max_length=40,
        error_messages={
            "required": "キーの名前を入力してください。",
            "max_length": "キーの名前は40文字までで入力してください。",
        },
    )

    def __init__(self, *args: object, **kwargs: Any) -> None:
        kwargs["initial"] = {"name": ""}
        super().__init__(*args, **kwargs)
        self.fields["credential"].error_messages = {"required": KEY_FAILED, "invalid": KEY_FAILED}

    def clean_name(self) -> str:
        return normalise(self.cleaned_data["name"]).strip()

    def clean(self) -> dict[str, Any]:
        if self.errors:
            return self.cleaned_data
        try:
            return super().clean()
        except (*MALFORMED, ValidationError):
            raise ValidationError(KEY_FAILED) from None


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
