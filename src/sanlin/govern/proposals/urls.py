from django.urls import path

from .views import lists, public, staff, writing

app_name = "proposals"
urlpatterns = [
    path("rounds/<int:pk>/proposals/", public.list_of, name="list"),
    path("rounds/<int:pk>/proposals/new/", writing.begin, name="begin"),
    path("rounds/<int:pk>/proposals/desk/", staff.watch, name="watch"),
    path("rounds/<int:pk>/proposals/import/", lists.bring, name="import"),
    path("proposals/mine/", public.mine, name="mine"),
    path("proposals/<int:pk>/", public.page, name="page"),
    path("proposals/<int:pk>/changes/", public.changes, name="changes"),
    path("proposals/<int:pk>/write/", writing.overview, name="overview"),
    path("proposals/<int:pk>/write/budget/sums/", writing.sums, name="sums"),
    path("proposals/<int:pk>/write/<slug:step>/", writing.write, name="write"),
    path("proposals/<int:pk>/photos/<int:photo>/remove/", writing.drop_photo, name="drop_photo"),
    path("proposals/<int:pk>/preview/", writing.preview, name="preview"),
    path("proposals/<int:pk>/hand-in/", writing.hand_in, name="hand_in"),
    path("proposals/<int:pk>/withdraw/", writing.withdraw, name="withdraw"),
    path("proposals/<int:pk>/appeal/", writing.appeal, name="appeal"),
    path("proposals/<int:pk>/screen/", staff.screen, name="screen"),
    path("proposals/<int:pk>/advise/", staff.advise, name="advise"),
    path("proposals/photos/<int:pk>/<slug:size>/", public.photo, name="photo"),
]
