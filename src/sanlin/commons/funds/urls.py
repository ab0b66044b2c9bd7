from django.urls import path

from . import views

app_name = "funds"
urlpatterns = [
    path("<int:pk>/", views.books, name="books"),
    path("<int:pk>/checks/", views.checks, name="checks"),
    path("<int:pk>/sources/", views.sources, name="sources"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/running/", views.running, name="running"),
    path("<int:pk>/sweep/", views.sweep, name="sweep"),
    path("<int:pk>/duties/", views.duties, name="duties"),
    path("<int:pk>/committee/", views.committee, name="committee"),
    path("vouchers/<int:pk>/", views.voucher, name="voucher"),
    path("vouchers/<int:pk>/reverse/", views.reverse, name="reverse"),
    path("sources/<int:pk>/", views.source, name="source"),
    path("duties/<int:pk>/end/", views.end_duty, name="end_duty"),
    path("seats/<int:pk>/end/", views.unseat, name="unseat"),
    path("gifts/", views.gifts, name="gifts"),
    path("street/<int:pk>/", views.street_funds, name="street"),
    path("found/<int:pk>/", views.found, name="found"),
]
