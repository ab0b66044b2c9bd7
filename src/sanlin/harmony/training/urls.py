from django.urls import path

from . import views

app_name = "training"
urlpatterns = [
    path("street/<int:pk>/", views.street, name="street"),
    path("street/<int:pk>/new/", views.plan, name="plan"),
    path("<int:pk>/", views.session, name="session"),
    path("<int:pk>/desk/", views.desk, name="desk"),
    path("<int:pk>/wall/", views.wall, name="wall"),
    path("ideas/<int:pk>/", views.idea, name="idea"),
    path("questions/<int:pk>/", views.question, name="question"),
]
