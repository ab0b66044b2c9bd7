from django.urls import path

from . import views

app_name = "voices"
urlpatterns = [
    path("", views.speak, name="speak"),
    path("said/", views.said, name="said"),
    path("find/", views.find, name="find"),
    path("mine/", views.mine, name="mine"),
    path("answers/", views.answers, name="answers"),
    path("street/<int:pk>/", views.street, name="street"),
    path("<int:pk>/", views.voice, name="voice"),
    path("<int:pk>/contact/", views.contact, name="contact"),
    path("<int:pk>/close/", views.close, name="close"),
]
