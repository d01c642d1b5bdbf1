from django.urls import path

from supervision.exports import views as exports
from supervision.views import placement, practice, prior, review

urlpatterns = [
    path("practice/", practice.practice_list, name="practice_list"),
    path("practice/new/", practice.practice_new, name="practice_new"),
    path("practice/send/", practice.practice_send, name="practice_send"),
    path("practice/exports/", exports.export_list, name="export_list"),
    path("practice/exports/new/<slug:kind>/", exports.export_new, name="export_new"),
    path("practice/exports/<int:pk>/", exports.export_detail, name="export_detail"),
    path("practice/exports/<int:pk>/file/", exports.export_file, name="export_file"),
    path("exports/", exports.export_lookup, name="export_lookup"),
    path("exports/<str:code>/", exports.export_confirm, name="export_confirm"),
    path("practice/codes/", practice.practice_codes, name="practice_codes"),
    path("practice/prior/", prior.prior_list, name="prior_list"),
    path("practice/prior/new/", prior.prior_new, name="prior_new"),
    path("practice/prior/<int:pk>/", prior.prior_detail, name="prior_detail"),
    path("practice/prior/<int:pk>/edit/", prior.prior_edit, name="prior_edit"),
    path("practice/prior/<int:pk>/correct/", prior.prior_correct, name="prior_correct"),
    path("practice/prior/<int:pk>/withdraw/", prior.prior_withdraw, name="prior_withdraw"),
    path("practice/prior/<int:pk>/document/", prior.prior_document, name="prior_document"),
    path("practice/<int:pk>/", practice.practice_detail, name="practice_detail"),
    path("practice/<int:pk>/edit/", practice.practice_edit, name="practice_edit"),
    path("practice/<int:pk>/retract/", practice.practice_retract, name="practice_retract"),
    path("practice/<int:pk>/discard/", practice.practice_discard, name="practice_discard"),
    path("practice/<int:pk>/correct/", practice.practice_correct, name="practice_correct"),
    path("practice/<int:pk>/dispute/", practice.practice_dispute, name="practice_dispute"),
    path("review/", review.review_queue, name="review_queue"),
    path("review/<int:pk>/", review.review_entry, name="review_entry"),
    path("desk/enrolments/<int:pk>/placements/", placement.desk_placements, name="desk_placements"),
    path("desk/enrolments/<int:pk>/practice/", placement.desk_practice, name="desk_practice"),
    path("desk/enrolments/<int:pk>/prior/new/", prior.desk_prior_new, name="desk_prior_new"),
    path("desk/prior/", prior.desk_prior_queue, name="desk_prior"),
    path("desk/prior/<int:pk>/", prior.desk_prior_entry, name="desk_prior_entry"),
    path("desk/placements/<int:pk>/end/", placement.desk_placement_end, name="desk_placement_end"),
]
