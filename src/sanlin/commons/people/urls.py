from django.urls import path

from .views import desk, lists, newcomers, posts, residents

app_name = "people"
urlpatterns = [
    path("", residents.residents, name="residents"),
    path("waiting/", residents.waiting, name="waiting"),
    path("search/", residents.search, name="search"),
    path("add/", residents.add, name="add"),
    path("add/<int:pk>/", residents.add_in, name="add_in"),
    path("import/", lists.choose, name="import"),
    path("import/streets/<int:pk>/", lists.street, name="import_street"),
    path("import/neighbourhoods/<int:pk>/", lists.neighbourhood, name="import_neighbourhood"),
    path("<int:pk>/", residents.resident, name="resident"),
    path("<int:pk>/edit/", residents.edit, name="edit"),
    path("<int:pk>/move-out/", residents.move_out, name="move_out"),
    path("<int:pk>/confirm/", residents.confirm, name="confirm"),
    path("<int:pk>/decline/", residents.decline, name="decline"),
    path("<int:pk>/unmask/", desk.unmask, name="unmask"),
    path("<int:pk>/act/", desk.act, name="act"),
    path("posts/", posts.posts, name="posts"),
    path("posts/appoint/<slug:kind>/", posts.appoint, name="appoint"),
    path("posts/<int:pk>/", posts.post, name="post"),
    path("posts/<int:pk>/end/", posts.end_post, name="end_post"),
    path("journal/", posts.journal, name="journal"),
    path("journal/<str:day>/", posts.journal, name="journal_of_day"),
    path("register/", newcomers.register, name="register"),
    path("register/<int:place>/", newcomers.register_in, name="register_in"),
]
