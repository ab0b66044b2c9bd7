from django.urls import path

from . import views

app_name = "projects"
urlpatterns = [
    path("rounds/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("rounds/<int:pk>/projects/", views.listing, name="list"),
    path("rounds/<int:pk>/payments/", views.payments, name="payments"),
    path("rounds/<int:pk>/payments/sheet/", views.sheet, name="sheet"),
    path("rounds/<int:pk>/project-receipts/", views.round_receipts, name="round_receipts"),
    path("rounds/<int:pk>/project-reports/", views.round_reports, name="round_reports"),
    path("rounds/<int:pk>/books/", views.books, name="books"),
    path("rounds/<int:pk>/close/", views.close_round, name="close_round"),
    path("rounds/<int:pk>/circles/", views.circles, name="circles"),
    path("circles/<int:pk>/", views.circle, name="circle"),
    path("instalments/<int:pk>/<str:verb>/", views.act_on_instalment, name="instalment"),
    path("projects/", views.mine, name="mine"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/desk/", views.desk, name="desk"),
    path("projects/<int:pk>/agreement/", views.agreement, name="agreement"),
    path("projects/<int:pk>/receipts/", views.receipts, name="receipts"),
    path("projects/<int:pk>/receipts/new/", views.hand_in, name="hand_in"),
    path("projects/<int:pk>/report/<str:kind>/", views.report, name="report"),
    path("projects/<int:pk>/refund/", views.refund, name="refund"),
    path("projects/<int:pk>/close/", views.close, name="close"),
    path("projects/<int:pk>/stop/", views.stop, name="stop"),
    path("receipts/<int:pk>/", views.receipt, name="receipt"),
    path("receipts/<int:pk>/file/<str:size>/", views.receipt_file, name="receipt_file"),
    path("project-reports/<int:pk>/", views.show_report, name="show_report"),
    path("project-photos/<int:pk>/<str:size>/", views.photo, name="photo"),
]
