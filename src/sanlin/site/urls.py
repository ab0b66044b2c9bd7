"""Every address of the house. Each app brings its own; none is written twice."""

from django.urls import include, path

urlpatterns = [
    path("", include("sanlin.front.portal.urls")),
    path("desk/", include("sanlin.front.desk.urls")),
    path("account/", include("sanlin.ground.accounts.urls")),
    path("places/", include("sanlin.commons.places.urls")),
    path("people/", include("sanlin.commons.people.urls")),
    path("organisations/", include("sanlin.commons.orgs.urls")),
    path("funds/", include("sanlin.commons.funds.urls")),
    path("rounds/", include("sanlin.govern.rounds.urls")),
    path("", include("sanlin.govern.proposals.urls")),
    path("", include("sanlin.govern.reviews.urls")),
    path("", include("sanlin.govern.ballots.urls")),
    path("", include("sanlin.govern.awards.urls")),
    path("", include("sanlin.govern.projects.urls")),
    path("", include("sanlin.govern.growth.urls")),
    path("training/", include("sanlin.harmony.training.urls")),
    path("voices/", include("sanlin.harmony.voices.urls")),
    path("", include("sanlin.front.records.urls")),
    path("reports/", include("sanlin.front.reports.urls")),
    path("whatif/", include("sanlin.front.whatif.urls")),
    path("papers/", include("sanlin.front.papers.urls")),
    path("tasks/", include("sanlin.ground.tasks.urls")),
    path("log/", include("sanlin.ground.journal.urls")),
    path("ui/", include("sanlin.ground.ui.urls")),
]

handler400 = "sanlin.ground.ui.views.not_understood"
handler403 = "sanlin.ground.ui.views.no_permission"
handler404 = "sanlin.ground.ui.views.not_found"
handler500 = "sanlin.ground.ui.views.broken"
