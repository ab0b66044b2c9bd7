from django.urls import path

from . import views

app_name = "growth"
urlpatterns = [
    path("rounds/<int:pk>/growth/", views.round, name="round"),
    path("rounds/<int:pk>/growth/projects/", views.progress, name="progress"),
    path("rounds/<int:pk>/joint-meeting/", views.joint, name="joint"),
    path("circles/<int:pk>/life/", views.circle, name="circle"),
    path("circles/<int:pk>/meet/", views.meet, name="meet"),
    path("meetings/<int:pk>/", views.meeting, name="meeting"),
    path("projects/<int:pk>/visit/", views.visit, name="visit"),
    path("visits/<int:pk>/", views.visited, name="visited"),
    path("advice/<int:pk>/", views.advice, name="advice"),
    path("growth-photos/<int:pk>/<str:size>/", views.photo, name="photo"),
    path("rounds/<int:pk>/pairs/", views.pairs, name="pairs"),
    path("pairs/<int:pk>/", views.pair, name="pair"),
    path("rounds/<int:pk>/pitchings/", views.pitchings, name="pitchings"),
    path("pitchings/<int:pk>/", views.pitching, name="pitching"),
    path("pitchings/<int:pk>/seat/", views.seat, name="seat"),
    path("pitchings/<int:pk>/wall/", views.wall, name="wall"),
    path("jurors/<int:pk>/dismiss/", views.dismiss, name="dismiss"),
    path("slots/<int:pk>/", views.slot, name="slot"),
    path("slots/<int:pk>/score/", views.score, name="score"),
    path("projects/<int:pk>/closing/", views.closing, name="closing"),
    path("surveys/<int:pk>/slips/", views.slips, name="slips"),
    path("surveys/<int:pk>/<int:number>/<str:code>/", views.answer, name="answer"),
    path("organisations/<int:pk>/dossier/", views.dossier, name="dossier"),
    path("bars/<int:pk>/", views.bar, name="bar"),
    path("rounds/<int:pk>/next-year/", views.year, name="year"),
]
