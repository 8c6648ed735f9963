"""Tables of the admin that are read from Excel or CSV and written to them."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from import_export.admin import ImportExportMixin
from import_export.formats.base_formats import Format
from import_export.forms import ConfirmImportForm, ExportForm, ImportForm
from import_export.tmp_storages import CacheStorage
from tablib import Dataset

from core import audit, clock
from core.admin import ReferenceAdmin, actor_of
from core.tables import MAX_BYTES, Unfit, read_table, write_csv, write_workbook
from core.workflow import NotNow


class TableFile(Format):
    """Excel or CSV, told apart by what is in it."""

    def __init__(self, encoding: str | None = None) -> None:
        """``encoding`` is not asked for: the file itself tells."""

    def get_title(self) -> str:
        return "ExcelまたはCSV"

    def can_import(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes | None) -> Dataset:
        if in_stream is None:
            raise NotNow("確認の画面から1時間が過ぎました。ファイルをもう一度選んでください。")
        table = read_table(in_stream)
        dataset = Dataset(headers=list(table.headings))
        for row in table.rows:
            dataset.append(row.cells)
        dataset.row_numbers = [row.number for row in table.rows]
        return dataset


class ExcelFile(Format):
    """An Excel workbook of one sheet."""

    CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def get_title(self) -> str:
        return "Excel（.xlsx）"

    def get_extension(self) -> str:
        return "xlsx"

    def get_content_type(self) -> str:
        return self.CONTENT_TYPE

    def can_export(self) -> bool:
        return True

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        return write_workbook(dataset.title or "一覧", dataset.headers, dataset)


class CsvFile(ExcelFile):
    """CSV in UTF-8 with a byte order mark."""

    CONTENT_TYPE = "text/csv; charset=utf-8"

    def get_title(self) -> str:
        return "CSV（.csv、UTF-8）"

    def get_extension(self) -> str:
        return "csv"

    def export_data(self, dataset: Dataset, **kwargs: Any) -> bytes:
        return write_csv(dataset.headers, dataset)


class KeptForConfirmation(CacheStorage):
    """The file between its preview and its import: in the database, for an hour."""

    CACHE_LIFETIME = 60 * 60
    CACHE_PREFIX = "table-import-"


class UploadForm(ImportForm):
    """The file to read."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        file = self.fields["import_file"]
        file.label = "ファイル"
        file.widget.attrs = {"accept": ".xlsx,.csv"}
        file.help_text = f"Excel（.xlsx）かCSV。{MAX_BYTES // 1024**2}MB、5,000行まで。"
        file.error_messages["required"] = "ファイルを選んでください。"
        file.error_messages["empty"] = "ファイルに何も書かれていません。"
        self.fields["format"].widget = forms.HiddenInput()
        self.fields["format"].initial = "0"

    @property
    def media(self) -> forms.Media:
        return forms.Media()

    def clean_import_file(self) -> Any:
        file = self.cleaned_data["import_file"]
        if file.size > MAX_BYTES:
            raise ValidationError(f"ファイルが大きすぎます。{MAX_BYTES // 1024**2}MBまでです。")
        return file


class ConfirmForm(ConfirmImportForm):
    """What the preview hands on to the import."""

    format = forms.ChoiceField(choices=[("0", "")], widget=forms.HiddenInput)
    resource = forms.ChoiceField(choices=[("0", "")], widget=forms.HiddenInput, required=False)
    original_file_name = forms.CharField(max_length=255, widget=forms.HiddenInput)


class DownloadForm(ExportForm):
    """In which form to write."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["format"]
        choice.label = "形式"
        choice.widget = forms.RadioSelect()
        choice.choices = choice.choices[1:]
        choice.initial = "0"


class TableAdmin(ImportExportMixin, ReferenceAdmin):
    """A table that can be read from Excel or CSV and written to them."""

    import_formats = [TableFile]
    export_formats = [ExcelFile, CsvFile]
    import_form_class = UploadForm
    confirm_form_class = ConfirmForm
    export_form_class = DownloadForm
    tmp_storage_class = KeptForConfirmation
    skip_admin_log = True
    from_encoding = None

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_add_permission(request) and self.has_change_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {"by": actor_of(request)}

    def get_export_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        return {}

    def add_data_read_fail_error_to_form(self, form: forms.Form, e: Exception) -> None:
        if not isinstance(e, Unfit | NotNow):
            raise e
        form.add_error("import_file", str(e))

    def process_dataset(self, dataset: Any, form: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs["rollback_on_validation_errors"] = True
        return super().process_dataset(dataset, form, request, **kwargs)

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Back to the list; to the upload where the table has changed since the preview."""
        if not (result.has_errors() or result.has_validation_errors()):
            return super().process_result(result, request)
        messages.error(
            request,
            "確認の後に表が変わったため、取り込めませんでした。ファイルをもう一度選んでください。",
        )
        opts = self.opts
        return HttpResponseRedirect(reverse(f"admin:{opts.app_label}_{opts.model_name}_import"))

    def add_success_message(self, result: Any, request: HttpRequest) -> None:
        totals = result.totals
        messages.success(
            request, f"取り込みました。追加{totals['new']}件、変更{totals['update']}件。"
        )

    def get_export_data(
        self, file_format: Any, request: HttpRequest, queryset: Any, **kwargs: Any
    ) -> bytes:
        data: bytes = super().get_export_data(file_format, request, queryset, **kwargs)
        name = self.opts.verbose_name
        audit.record(
            "table.export",
            by=actor_of(request),
            label=f"{name}の書出し",
            subject=self.opts.label_lower,
            after={"rows": queryset.count(), "format": file_format.get_extension()},
        )
        return data

    def get_data_for_export(self, request: HttpRequest, queryset: Any, **kwargs: Any) -> Dataset:
        dataset = super().get_data_for_export(request, queryset, **kwargs)
        dataset.title = str(self.opts.verbose_name)
        return dataset

    def get_export_filename(self, request: HttpRequest, queryset: Any, file_format: Any) -> str:
        day = clock.today().strftime("%Y%m%d")
        return f"{self.opts.model_name}-{day}.{file_format.get_extension()}"
