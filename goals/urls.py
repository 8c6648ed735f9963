"""Addresses of the papers."""

from django.urls import path

from goals.views import amendments, board, goals, handovers, late, papers, projects, reviews

app_name = "goals"
urlpatterns = [
    path("kept/", late.own_texts, name="own_texts"),
    path("<int:year>/", board.board, name="board"),
    path("<int:year>/open/", board.open_year, name="open_year"),
    path("<int:year>/coverage/", board.coverage, name="coverage"),
    path("<int:year>/amendments/", amendments.amendments, name="amendments"),
    path("<int:year>/handovers/", handovers.handovers_of_year, name="handovers"),
    path("<int:year>/<slug:code>/", papers.paper, name="paper"),
    path("<int:year>/<slug:code>/amendment/", amendments.confirm, name="amendment_confirm"),
    path("<int:year>/<slug:code>/basics/", papers.basics, name="basics"),
    path("<int:year>/<slug:code>/projects/", projects.projects, name="projects"),
    path("<int:year>/<slug:code>/responses/<slug:path>/", papers.response, name="response"),
    path("<int:year>/<slug:code>/submit/", papers.submit, name="submit"),
    path("<int:year>/<slug:code>/withdraw/", papers.withdraw, name="withdraw"),
    path("<int:year>/<slug:code>/history/", papers.history, name="history"),
    path("<int:year>/<slug:code>/handover/", handovers.handover, name="handover"),
    path("<int:year>/<slug:code>/handover/note/", handovers.note, name="handover_note"),
    path("<int:year>/<slug:code>/handover/hand/", handovers.hand, name="handover_hand"),
    path("<int:year>/<slug:code>/handover/receive/", handovers.receive, name="handover_receive"),
    path("<int:year>/<slug:code>/conflicts/", papers.conflicts, name="conflicts"),
    path("<int:year>/<slug:code>/conflicts/<int:pk>/", late.kept_text, name="kept_text"),
    path("<int:year>/<slug:code>/revisions/<int:number>/", papers.revision, name="revision"),
    path("<int:year>/<slug:code>/remarks/<int:pk>/", papers.answer, name="answer"),
    path("<int:year>/<slug:code>/goals/new/", goals.new, name="goal_new"),
    path("<int:year>/<slug:code>/goals/copy/", goals.copy, name="goal_copy"),
    path("<int:year>/<slug:code>/goals/<int:pk>/", goals.edit, name="goal_edit"),
    path("<int:year>/<slug:code>/goals/<int:pk>/remove/", goals.remove, name="goal_remove"),
    path("<int:year>/<slug:code>/goals/<int:pk>/move/", goals.move, name="goal_move"),
    path("<int:year>/<slug:code>/review/", reviews.review, name="review"),
    path("<int:year>/<slug:code>/review/begin/", reviews.begin, name="review_begin"),
    path("<int:year>/<slug:code>/review/remarks/", reviews.remark, name="remark"),
    path(
        "<int:year>/<slug:code>/review/remarks/<int:pk>/drop/",
        reviews.drop_remark,
        name="remark_drop",
    ),
    path("<int:year>/<slug:code>/review/settle/", reviews.settle, name="settle"),
    path("<int:year>/<slug:code>/review/return/", reviews.return_, name="return"),
    path("<int:year>/<slug:code>/review/receive/", reviews.receive, name="receive"),
    path("<int:year>/<slug:code>/review/finalise/", reviews.finalise, name="finalise"),
    path("<int:year>/<slug:code>/review/reopen/", reviews.reopen, name="reopen"),
]
