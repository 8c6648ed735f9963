"""The crispy pack `dads`: label, mark, help, control and error belong together."""

import re

import pytest
from crispy_forms.utils import render_crispy_form
from django import forms
from django.template.loader import render_to_string


class PlainForm(forms.Form):
    title = forms.CharField(
        label="目標",
        help_text="一文で書いてください。",
        error_messages={"required": "目標を入力してください。"},
    )
    kind = forms.ChoiceField(
        label="種別",
        choices=[("outcome", "成果"), ("activity", "活動")],
        widget=forms.RadioSelect,
        error_messages={"required": "種別を選んでください。"},
    )
    note = forms.CharField(label="備考", max_length=40, required=False, widget=forms.Textarea)

    def clean(self) -> None:
        if self.data.get("note") == "全体":
            raise forms.ValidationError("全体の誤りです。")


def drawn(form: forms.Form) -> str:
    return render_to_string("dads/uni_form.html", {"form": form})


def ids(html: str) -> list[str]:
    return re.findall(r"\sid=\"([^\"]+)\"", html)


def test_a_required_field_says_so_beside_its_label() -> None:
    html = drawn(PlainForm())

    assert html.count("※必須") == 2
    label = re.search(r"<label[^>]*for=\"id_title\".*?</label>", html, re.S)
    assert label is not None
    assert re.sub(r"<[^>]+>|\s", "", label[0]) == "目標※必須"


def test_optional_fields_say_so_only_where_the_form_asks_for_it() -> None:
    asking = PlainForm()
    asking.shows_optional = True  # type: ignore[attr-defined]

    assert [drawn(form).count("任意") for form in (PlainForm(), asking)] == [0, 1]


def test_a_mark_of_its_own_replaces_the_usual_one() -> None:
    form = PlainForm()
    form.fields["title"].mark = "提出までに必要"  # type: ignore[attr-defined]

    assert drawn(form).count("提出までに必要") == 1
    assert drawn(form).count("※必須") == 1


def test_help_and_error_are_tied_to_the_control() -> None:
    html = drawn(PlainForm({"kind": "outcome"}))
    control = re.search(r"<input[^>]*name=\"title\"[^>]*>", html)

    assert control is not None
    assert 'aria-invalid="true"' in control[0]
    assert 'aria-describedby="id_title_helptext id_title_error"' in control[0]
    assert {"id_title_helptext", "id_title_error"} <= set(ids(html))


def test_the_error_summary_leads_to_controls_that_exist() -> None:
    html = drawn(PlainForm({}))
    targets = re.findall(r"<a href=\"#([^\"]+)\">", html)

    assert targets == ["id_title", "id_kind_0"]
    assert set(targets) - set(ids(html)) == set()


def test_errors_of_the_whole_form_stand_in_the_summary() -> None:
    html = drawn(PlainForm({"title": "x", "kind": "outcome", "note": "全体"}))

    assert html.count("全体の誤りです。") == 1
    assert html.index("全体の誤りです。") < html.index("id_title_field")


def test_without_errors_there_is_no_summary() -> None:
    assert "error-summary" not in drawn(PlainForm())


def test_radio_buttons_stand_in_a_fieldset_with_a_legend() -> None:
    fieldset = re.search(r"<fieldset.*?</fieldset>", drawn(PlainForm({})), re.S)

    assert fieldset is not None
    assert '<legend class="field__label">種別' in fieldset[0]
    assert 'aria-describedby="id_kind_error"' in fieldset[0]


def test_a_limited_textarea_has_room_for_its_counter() -> None:
    html = drawn(PlainForm())

    assert '<p class="field__counter" id="id_note_counter">40字まで</p>' in html
    assert 'maxlength="40"' in html


def test_no_id_stands_twice() -> None:
    found = ids(drawn(PlainForm({})))

    assert sorted(found) == sorted(set(found))


def test_what_somebody_typed_is_escaped() -> None:
    html = drawn(PlainForm({"title": '"><script>x</script>', "kind": "<b>"}))

    assert "<script>" not in html
    assert "<b>" not in html


@pytest.mark.parametrize("is_bound", [True, False])
def test_the_crispy_tag_draws_the_same_fields(is_bound: bool) -> None:
    form = PlainForm({} if is_bound else None)
    html = render_crispy_form(form)

    assert html.count("novalidate") == 1
    assert drawn(form).split() == html[html.index(">") + 1 : html.rindex("</form>")].split()
