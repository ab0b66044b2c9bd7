from django.urls import path

from . import views

app_name = "rounds"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("<int:pk>/manage/", views.manage, name="manage"),
    path("<int:pk>/draft/", views.draft, name="draft"),
    path("<int:pk>/windows/", views.windows, name="windows"),
    path("<int:pk>/open/", views.opening, name="open"),
    path("<int:pk>/extend/", views.extend, name="extend"),
    path("<int:pk>/cancel/", views.cancel, name="cancel"),
    path("<int:pk>/follow/", views.follow, name="follow"),
    path("<int:pk>/pot/", views.pot, name="pot"),
    path("<int:pk>/rules/", views.rules_page, name="rules"),
    path("<int:pk>/rules.json", views.rules_file, name="rules_file"),
]
