"""Sign-in by allauth; Django's permission questions (its admin asks them) answered from posts."""

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Model

from core.permissions import Permission
from departments.models import User
from departments.queries import may

TABLES = {
    "departments.user": Permission.EDIT_PEOPLE,
    "departments.appointment": Permission.EDIT_PEOPLE,
    "departments.department": Permission.EDIT_REFERENCE,
    "departments.division": Permission.EDIT_REFERENCE,
    "departments.charge": Permission.EDIT_PEOPLE,
    "policies.cycle": Permission.EDIT_REFERENCE,
    "policies.basicpolicy": Permission.EDIT_REFERENCE,
    "policies.section": Permission.EDIT_REFERENCE,
    "policies.edition": Permission.EDIT_REFERENCE,
    "policies.alignment": Permission.EDIT_REFERENCE,
    "policies.speech": Permission.EDIT_REFERENCE,
    "policies.project": Permission.EDIT_REFERENCE,
    "policies.plan": Permission.EDIT_REFERENCE,
    "policies.measure": Permission.EDIT_REFERENCE,
    "policies.sdg": Permission.EDIT_REFERENCE,
    "core.auditevent": Permission.READ_AUDIT,
}
"""Which post's permission opens which table of the admin; what is not here stays closed."""


class PostBackend(AuthenticationBackend):
    """Tables of the admin are open to posts, not to flags on a person."""

    def _authenticate_by_username(self, username: str, password: str) -> AbstractBaseUser | None:
        """The number as it is written; capital letters count only where two differ in nothing else.

        allauth knows neither of two such people, and so would shut both out.
        """
        exact = User.objects.filter(username=username).first()
        if exact is None:
            return super()._authenticate_by_username(username, password)
        return self._check_password(exact, password)

    def has_perm(self, user_obj: User, perm: str, obj: Model | None = None) -> bool:
        app_label, _, codename = perm.partition(".")
        verb, _, model = codename.partition("_")
        permission = TABLES.get(f"{app_label}.{model}")
        if permission is None or (permission is Permission.READ_AUDIT and verb != "view"):
            return False
        return may(user_obj, permission)

    def has_module_perms(self, user_obj: User, app_label: str) -> bool:
        permissions = {p for table, p in TABLES.items() if table.startswith(f"{app_label}.")}
        return any(may(user_obj, permission) for permission in permissions)
