from django.urls import path

from . import views

app_name = "ui"
urlpatterns = [
    path("", views.gallery, name="gallery"),
    path("elder/", views.elder, name="elder"),
    path("language/", views.language, name="language"),
]
