from django.urls import path

from . import actions as _actions  # noqa: F401  # tells pages why a checkpoint was taken
from . import views

app_name = "records"
urlpatterns = [
    path("records/check/", views.check, name="check"),
    path("records/check.zip", views.check_alone, name="check_alone"),
    path("rounds/<int:pk>/record/", views.record, name="record"),
    path("rounds/<int:pk>/record/<int:lines>.zip", views.archive, name="archive"),
]
