"""Addresses of the register; they stand in the namespace `clinic`."""

from django.urls import path

from clinic.devices import views

urlpatterns = [
    path("stock/devices/", views.devices, name="devices"),
    path("stock/devices/add/", views.add_device, name="device-add"),
    path("stock/devices/<int:pk>/", views.device, name="device"),
    path("stock/lots/", views.lots, name="lots"),
    path("stock/lots/receive/", views.receive_lot, name="lot-receive"),
    path("stock/lots/<int:pk>/", views.lot, name="lot"),
    path("stock/lots/<int:pk>/change/", views.change_lot, name="lot-change"),
    path("stock/lots/<int:pk>/withdraw/", views.withdraw_lot, name="lot-withdraw"),
    path("stock/lots/<int:pk>/put-back/", views.put_lot_back, name="lot-put-back"),
]
