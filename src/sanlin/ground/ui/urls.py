from django.urls import path

from . import views

app_name = "ui"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("demo-clock/", views.demo_clock, name="demo_clock"),
    path("elder/", views.elder, name="elder"),
    path("language/", views.language, name="language"),
]
