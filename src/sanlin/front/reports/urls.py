from django.urls import path

from . import views

app_name = "reports"
urlpatterns = [
    path("rounds/<int:pk>/", views.round_page, name="round"),
    path("past/", views.past_day, name="past"),
]
