from django.urls import path

from . import views

app_name = "orgs"
urlpatterns = [
    path("", views.organisations, name="organisations"),
    path("streets/<int:pk>/", views.street, name="street"),
    path("streets/<int:pk>/add/", views.found, name="found"),
    path("streets/<int:pk>/teams/", views.street_teams, name="street_teams"),
    path("neighbourhoods/<int:pk>/teams/", views.neighbourhood_teams, name="neighbourhood_teams"),
    path("neighbourhoods/<int:pk>/merge/", views.merge, name="merge"),
    path("<int:pk>/", views.organisation, name="organisation"),
    path("<int:pk>/edit/", views.edit, name="edit"),
    path("<int:pk>/members/", views.add_member, name="add_member"),
    path("<int:pk>/leader/", views.change_leader, name="change_leader"),
    path("<int:pk>/growth/", views.grow, name="grow"),
    path("members/<int:pk>/end/", views.end_member, name="end_member"),
]
