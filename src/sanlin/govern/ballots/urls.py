from django.urls import path

from . import views

app_name = "ballots"
urlpatterns = [
    path("rounds/<int:pk>/ballot/", views.booth, name="booth"),
    path("rounds/<int:pk>/ballot/review/", views.review, name="review"),
    path("rounds/<int:pk>/ballot/receipt/", views.receipt, name="receipt"),
    path("rounds/<int:pk>/receipts/", views.receipts, name="receipts"),
    path("rounds/<int:pk>/check/", views.check, name="check"),
    path("rounds/<int:pk>/keys/", views.keys, name="keys"),
    path("rounds/<int:pk>/keys/supervisor/", views.name, name="name"),
    path("keepers/<int:pk>/drop/", views.drop, name="drop"),
    path("rounds/<int:pk>/box/", views.open_box, name="box"),
    path("rounds/<int:pk>/turnout/", views.turnout, name="turnout"),
    path("rounds/<int:pk>/mandate/", views.mandate, name="mandate"),
    path("mandates/<int:pk>/use/", views.use, name="use"),
    path("mandates/<int:pk>/end/", views.end, name="end"),
    path("rounds/<int:pk>/roll/mine/", views.mine, name="mine"),
    path("rounds/<int:pk>/vote/", views.vote, name="vote"),
    path("rounds/<int:pk>/watch/", views.watch, name="watch"),
    path("rounds/<int:pk>/knock/", views.knock, name="knock"),
    path("rounds/<int:pk>/roll/", views.roll, name="roll"),
    path("rounds/<int:pk>/roll/add/", views.add, name="add"),
    path("voters/<int:pk>/strike/", views.strike, name="strike"),
    path("rounds/<int:pk>/batches/", views.batches, name="batches"),
    path("batches/<int:pk>/key/", views.key, name="key"),
    path("batches/<int:pk>/settle/", views.settle, name="settle"),
    path("booths/<int:pk>/explain/", views.explain, name="explain"),
    path("rounds/<int:pk>/sample/", views.sample, name="sample"),
    path("rounds/<int:pk>/sample/draw/", views.draw, name="draw"),
    path("rounds/<int:pk>/sample/look/", views.look, name="look"),
]
