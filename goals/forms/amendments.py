"""What a department sends when it has looked at an amendment."""

from django import forms

MOST_EDITIONS = 1000


class ConfirmForm(forms.Form):
    """The edition whose differences the person saw."""

    edition = forms.IntegerField(min_value=1, max_value=MOST_EDITIONS)
