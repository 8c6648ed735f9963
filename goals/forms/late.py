"""What one who has left a post does with a text that came too late."""

from typing import Any

from django import forms

from goals.models import KeptText


class KeptTextForm(forms.Form):
    """One of one's own texts, and whether it is handed over or dropped."""

    kept = forms.ModelChoiceField(KeptText.objects.none())
    act = forms.ChoiceField(choices=[("share", "後任へ渡す"), ("discard", "捨てる")])

    def __init__(self, *args: Any, own: list[KeptText], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kept"].queryset = KeptText.objects.filter(
            pk__in=[row.pk for row in own]
        ).select_related("paper__department")
