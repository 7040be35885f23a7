"""The addresses of the product with those that only the demo has."""

from django.urls import include, path

from clinic.urls import handler400, handler403, handler404, handler500, urlpatterns

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
urlpatterns = [*urlpatterns, path("demo/", include("sessions.demo.urls"))]
