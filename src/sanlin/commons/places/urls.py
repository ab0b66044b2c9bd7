from django.urls import path

from . import views

app_name = "places"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("districts/<int:pk>/", views.district, name="district"),
    path("districts/<int:pk>/rename/", views.rename_district, name="rename_district"),
    path("streets/<int:pk>/", views.street, name="street"),
    path("streets/<int:pk>/rename/", views.rename_street, name="rename_street"),
    path("streets/<int:pk>/found/", views.found, name="found"),
    path("streets/<int:pk>/homes/", views.street_homes, name="street_homes"),
    path("neighbourhoods/<int:pk>/", views.neighbourhood, name="neighbourhood"),
    path(
        "neighbourhoods/<int:pk>/rename/", views.rename_neighbourhood, name="rename_neighbourhood"
    ),
    path("neighbourhoods/<int:pk>/estates/", views.add_estate, name="add_estate"),
    path("neighbourhoods/<int:pk>/homes/", views.neighbourhood_homes, name="neighbourhood_homes"),
    path("estates/<int:pk>/", views.estate, name="estate"),
    path("estates/<int:pk>/edit/", views.edit_estate, name="edit_estate"),
]
