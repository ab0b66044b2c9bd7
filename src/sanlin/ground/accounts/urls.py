from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("", views.me, name="me"),
    path("password/", views.password, name="password"),
    path("phone/", views.new_phone, name="new_phone"),
    path("phone/code/", views.new_phone_code, name="new_phone_code"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-in/phone/", views.phone, name="phone"),
    path("sign-in/code/", views.code, name="code"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("stop-acting/", views.stop_acting, name="stop_acting"),
]
