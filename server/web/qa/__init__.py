"""The QA console at `/qa`, an agent's own page at `/me`, the live wall at `/wall`."""

from __future__ import annotations

from flask import Blueprint

from server.parts import Parts
from server.web.qa.agent_pages import add_agent_sheets
from server.web.qa.agreement_pages import add_agreement
from server.web.qa.console import Console
from server.web.qa.conversation_pages import add_conversations
from server.web.qa.figure_pages import add_figures
from server.web.qa.me_pages import add_me
from server.web.qa.queue_pages import add_queue
from server.web.qa.record_pages import add_records
from server.web.qa.report_pages import add_reports
from server.web.qa.sample_pages import add_samples
from server.web.qa.score_pages import add_scores
from server.web.qa.wall_pages import add_wall


def build_qa(parts: Parts) -> Blueprint:
    """The blueprint."""
    qa = Blueprint(
        "qa",
        __name__,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static/qa",
    )
    console = Console(parts)
    for add in (
        add_queue, add_conversations, add_samples, add_agreement, add_scores, add_figures,
        add_agent_sheets, add_reports, add_records, add_me, add_wall,
    ):  # fmt: skip
        add(qa, console)
    return qa
