from django.urls import path

from . import views

app_name = "reviews"
urlpatterns = [
    path("rounds/<int:pk>/panel/", views.panel, name="panel"),
    path("rounds/<int:pk>/panel/appoint/", views.appoint, name="appoint"),
    path("rounds/<int:pk>/panel/confer/", views.confer, name="confer"),
    path("rounds/<int:pk>/panel/named/", views.named, name="named"),
    path("rounds/<int:pk>/panel/open/", views.open_review, name="open"),
    path("rounds/<int:pk>/panel/optimise/", views.open_optimisation, name="open_optimisation"),
    path("rounds/<int:pk>/panel/end/", views.end_review, name="end"),
    path("seats/<int:pk>/", views.seat, name="seat"),
    path("seats/<int:pk>/dismiss/", views.dismiss, name="dismiss"),
    path("rounds/<int:pk>/review/", views.mine, name="mine"),
    path("rounds/<int:pk>/review/pledge/", views.pledge, name="pledge"),
    path("proposals/<int:pk>/sheet/", views.sheet, name="sheet"),
    path("proposals/<int:pk>/sheet/unseal/", views.unseal, name="unseal"),
    path("proposals/<int:pk>/recuse/", views.recuse, name="recuse"),
    path("rounds/<int:pk>/grid/", views.grid, name="grid"),
]
