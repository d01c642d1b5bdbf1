from django.urls import path

from lms.audit.views import head as audit_head
from lms.notices.views import mailbox
from lms.web import health, views
from lms.web.desk import desk
from lms.web.styleguide import styleguide

urlpatterns = [
    path("home/", views.home, name="home"),
    path("desk/", desk, name="desk"),
    path("search/", views.public_search, name="public_search"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("mailbox/", mailbox, name="mailbox"),
    path("styleguide/", styleguide, name="styleguide"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path(".well-known/audit-head.json", audit_head, name="audit_head"),
]
