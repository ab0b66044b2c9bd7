from django.urls import path

from . import views

app_name = "whatif"
urlpatterns = [
    path("", views.home, name="home"),
    path("rounds/<int:pk>/", views.trial, name="trial"),
]
