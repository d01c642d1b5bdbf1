from django.urls import path

from courses.payments.views import buying, desk, webhook

urlpatterns = [
    path("programs/<int:pk>/places/", buying.places, name="places"),
    path("places/<int:pk>/", buying.buy, name="buy_place"),
    path("orders/", buying.order_list, name="order_list"),
    path("orders/<int:pk>/", buying.order_detail, name="order"),
    path("orders/<int:pk>/pay/", buying.pay, name="order_pay"),
    path("orders/<int:pk>/let-go/", buying.order_let_go, name="order_let_go"),
    path("orders/<int:pk>/receipt/", buying.receipt, name="receipt"),
    path("payments/webhook/", webhook.stripe_webhook, name="stripe_webhook"),
    path("desk/payments/", desk.payment_list, name="desk_payments"),
    path("desk/payments/<int:pk>/", desk.payment_detail, name="desk_payment"),
    path("desk/payments/<int:pk>/refund/", desk.payment_refund, name="desk_payment_refund"),
    path("desk/payments/<int:pk>/place/", desk.payment_place, name="desk_payment_place"),
    path("desk/payments/flags/<int:pk>/", desk.flag_settle, name="desk_payment_flag"),
    path("desk/cohorts/<int:pk>/price/", desk.cohort_price, name="desk_cohort_price"),
    path("desk/cohorts/<int:pk>/payment/", desk.cohort_payment, name="desk_cohort_payment"),
]
