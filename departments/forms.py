"""Sign-in."""

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm
from django.core.validators import MaxLengthValidator

from departments.models import User

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


def _at_most(limit: int, label: str) -> MaxLengthValidator:
    return MaxLengthValidator(limit, message=f"{label}は{limit}文字までで入力してください。")
