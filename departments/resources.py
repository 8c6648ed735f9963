"""Departments, divisions, people and appointments as spreadsheets."""

from typing import Any

from import_export.fields import Field

from core.columns import (
    ChoiceColumn,
    DateColumn,
    IntegerColumn,
    RowColumn,
    RowsColumn,
    YearColumn,
    YesNoColumn,
    column,
)
from core.permissions import Post
from core.resources import TableResource
from departments.actions import drop_sessions_of_closed
from departments.models import Appointment, Department, Division, User
from departments.rules import check_successors


def order_column() -> Field:
    """並び順; 0 where nothing is written."""
    return column("order", "並び順", IntegerColumn(), default=0)


class SuccessionResource(TableResource):
    """A table whose rows name those that take over from them."""

    def validate_instance(self, instance: Any, *args: Any, **kwargs: Any) -> None:
        super().validate_instance(instance, *args, **kwargs)
        check_successors(instance, self.new_links.get("successors", ()))


class DepartmentResource(SuccessionResource):
    code = column("code", "記号")
    name = column("name", "名称")
    kana = column("kana", "ふりがな")
    order = order_column()
    first_year = column("first_year", "最初の年度", YearColumn())
    last_year = column("last_year", "最後の年度", YearColumn())
    successors = column("successors", "後継の部の記号", RowsColumn(Department, field="code"))

    class Meta:
        model = Department
        import_id_fields = ("code",)
        fields = ("code", "name", "kana", "order", "first_year", "last_year", "successors")


class DivisionResource(SuccessionResource):
    department = column("department", "部の記号", RowColumn(Department, "code"))
    code = column("code", "記号")
    name = column("name", "名称")
    order = order_column()
    first_year = column("first_year", "最初の年度", YearColumn())
    last_year = column("last_year", "最後の年度", YearColumn())
    successors = column("successors", "後継の課の記号", RowsColumn(Division, field="code"))

    class Meta:
        model = Division
        import_id_fields = ("code",)
        fields = ("department", "code", "name", "order", "first_year", "last_year", "successors")


class UserResource(TableResource):
    """People; the password is set by the administrator, one by one."""

    username = column("username", "職員番号")
    name = column("name", "氏名")
    kana = column("kana", "ふりがな")
    email = column("email", "メールアドレス")
    is_active = column("is_active", "利用できる", YesNoColumn(), default=True)

    class Meta:
        model = User
        import_id_fields = ("username",)
        fields = ("username", "name", "kana", "email", "is_active")

    def init_instance(self, row: Any = None) -> User:
        person: User = super().init_instance(row)
        person.set_unusable_password()
        return person

    def after_save_instance(self, instance: User, row: Any, **kwargs: Any) -> None:
        """Whoever is closed is signed out everywhere."""
        drop_sessions_of_closed([instance])


class AppointmentResource(TableResource):
    """One row for each person, post, place and first day."""

    user = column("user", "職員番号", RowColumn(User, "username"))
    name = column("user__name", "氏名", readonly=True)
    post = column("post", "職", ChoiceColumn(Post))
    title = column("title", "職名")
    department = column("department", "部の記号", RowColumn(Department, "code"))
    division = column("division", "課の記号", RowColumn(Division, "code"))
    starts_on = column("starts_on", "発令日", DateColumn())
    announced_on = column("announced_on", "内示日", DateColumn())
    ends_on = column("ends_on", "終わる日", DateColumn())
    end_announced_on = column("end_announced_on", "終わりの内示日", DateColumn())
    standing_in_for = column(
        "standing_in_for", "代理を受ける人の職員番号", RowColumn(User, "username")
    )

    class Meta:
        model = Appointment
        import_id_fields = ("user", "post", "department", "division", "starts_on")
        fields = (
            *("user", "name", "post", "title", "department", "division", "starts_on"),
            *("announced_on", "ends_on", "end_announced_on", "standing_in_for"),
        )
