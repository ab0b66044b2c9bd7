from django.urls import path, register_converter

from . import views


class Named:
    """The name of a log in an address: `round/7` reads `round-7`."""

    regex = "[a-z]+(?:-[0-9]{1,18})?"

    def to_python(self, written: str) -> str:
        return written.replace("-", "/")

    def to_url(self, name: str) -> str:
        return name.replace("/", "-")


register_converter(Named, "log")

app_name = "journal"
urlpatterns = [
    path("<log:log>/", views.log_page, name="log"),
    path("<log:log>/latest.txt", views.latest, name="latest"),
    path("<log:log>/checkpoints.txt", views.every, name="every"),
    path("<log:log>/poster/<int:lines>/", views.poster, name="poster"),
    path("<log:log>/proof/<int:old>-<int:new>.txt", views.proof, name="proof"),
]
