from django.urls import path

from . import views

app_name = "awards"
urlpatterns = [
    path("rounds/<int:pk>/decision/", views.decision, name="decision"),
    path("rounds/<int:pk>/decision/close-entries/", views.close_entries, name="close_entries"),
    path("rounds/<int:pk>/decision/count/", views.decide, name="decide"),
    path("rounds/<int:pk>/sample/draw/", views.draw_sample, name="draw_sample"),
    path("rounds/<int:pk>/rivals/", views.rivals, name="rivals"),
    path("rivals/<int:pk>/drop/", views.drop_rivals, name="drop_rivals"),
    path("rounds/<int:pk>/premises/", views.premises, name="premises"),
    path("premises/<int:pk>/drop/", views.drop_premise, name="drop_premise"),
    path("decisions/<int:pk>/drop/", views.drop, name="drop"),
    path("decisions/<int:pk>/sign/", views.sign, name="sign"),
    path("decisions/<int:pk>/publish/", views.publish, name="publish"),
    path("decisions/<int:pk>/case.json", views.case_file, name="case"),
    path("rounds/<int:pk>/notice/", views.notice, name="notice"),
    path("rounds/<int:pk>/lot/", views.lot, name="lot"),
    path("rounds/<int:pk>/election.pb", views.election_file, name="election"),
    path("rounds/<int:pk>/ballots.csv", views.ballots_file, name="ballots"),
    path("rounds/<int:pk>/objections/", views.objections, name="objections"),
    path("awards/<int:pk>/", views.award, name="award"),
    path("awards/<int:pk>/object/", views.object_to, name="object"),
    path("awards/<int:pk>/promote/", views.promote, name="promote"),
    path("objections/<int:pk>/", views.answer, name="answer"),
]
