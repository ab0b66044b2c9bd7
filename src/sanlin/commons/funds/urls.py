from django.urls import path

from . import views

app_name = "funds"
urlpatterns = [path("<int:pk>/", views.books, name="books")]
