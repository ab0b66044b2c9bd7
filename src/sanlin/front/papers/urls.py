from django.urls import path

from . import views

app_name = "papers"
urlpatterns = [
    path("", views.home, name="home"),
    path("streets/<int:pk>/", views.street, name="street"),
    path("streets/<int:pk>/ledgers/<str:key>/", views.ledger, name="ledger"),
    path("streets/<int:pk>/make/<str:work>/", views.of_street, name="of_street"),
    path("streets/<int:pk>/templates/", views.templates, name="templates"),
    path("streets/<int:pk>/templates/<str:kind>/", views.house, name="house"),
    path("templates/<int:pk>/", views.template, name="template"),
    path("templates/<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("rounds/<int:pk>/", views.round_page, name="round"),
    path("rounds/<int:pk>/make/<str:work>/", views.of_round, name="of_round"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/<str:kind>.docx", views.of_kind, name="of_kind"),
    path("projects/<int:pk>/make/<str:work>/", views.of_project, name="of_project"),
    path("agreements/<int:pk>/", views.agreement, name="agreement"),
    path("changes/<int:pk>/", views.change, name="change"),
    path("reports/<int:pk>/", views.report, name="report"),
    path("notices/<int:pk>/", views.notice, name="notice"),
    path("notices/<int:pk>/make/<str:work>/", views.of_notice, name="of_notice"),
    path("circles/<int:pk>/make/<str:work>/", views.of_circle, name="of_circle"),
]
