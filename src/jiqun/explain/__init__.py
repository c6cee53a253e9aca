"""Outcomes → reasons in zh and en, the nearest change, and what to ask next (DESIGN §8)."""

from jiqun.explain.build import explain
from jiqun.explain.facts import Explanation
from jiqun.explain.questions import questions
from jiqun.explain.records import Results, load_records, load_results
from jiqun.explain.render import as_json, render, render_questions

__all__ = ["Explanation", "Results", "as_json", "explain", "load_records", "load_results", "questions", "render", "render_questions"]
