from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("rounds/<int:pk>/", views.round_page, name="round"),
    path("rounds/<int:pk>/checks/", views.checks_page, name="checks"),
    path("checks/", views.all_checks, name="all_checks"),
    path("past/", views.past_day, name="past"),
]
