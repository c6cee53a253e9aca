"""Explanations as text, in zh or en, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from jiqun.explain.facts import Change, ClauseSaid, Explanation, Input, Limit, Missing, Question, Said
from jiqun.explain.texts import TEXTS
from jiqun.explain.values import cited, money, piece, plain, shown

MARKS = {"met": "✓", "unmet": "✗", "unknown": "?"}
STATUS_MARKS = {"yes": "✓", "no": "✗", "unknown": "?", "decision": "◇", "conflict": "!"}


def text(key: str, lang: str, **fields: object) -> str:
    return TEXTS[key][0 if lang == "zh" else 1].format(**fields)


def said(one: Said, lang: str) -> str:
    """Write one sentence."""
    return text(one.key, lang, **{name: piece(value, lang) for name, value in one.args.items()})


def render(one: Explanation, lang: str) -> str:
    """Return an explanation as lines: what, why, how much, what is missing, what would help."""
    return "\n".join(_lines(one, lang))


def _lines(one: Explanation, lang: str) -> Iterator[str]:
    status = text(f"status.{one.status}", lang)
    unit = "" if one.unit == one.enterprise else f" · {one.entity.say(lang)} {one.unit}"
    yield f"{STATUS_MARKS[one.status]} {one.title.say(lang)}{unit} — {status} ({cited(one.cite, lang)})"
    for clause in one.clauses:
        yield from (f"  {line}" for line in _clause(clause, lang))
    yield from (f"  {line}" for line in _amount(one, lang))
    for missing in one.missing:
        yield "  ? " + text("needs", lang, of=_missing(missing, lang), money=_decides(one.bound, lang, one.currency))
    for change in one.changes:
        yield "  → " + _change(change, lang, one.currency)
    for remark in one.remarks:
        yield "  · " + said(remark, lang)


def _clause(clause: ClauseSaid, lang: str) -> Iterator[str]:
    yield f"{MARKS[clause.outcome]} {clause.text.say(lang)} ({cited(clause.cite, lang)})"
    values = [_input(i, lang) for i in clause.yours]
    if values:
        yield "    " + text("clause.yours", lang, values=_listed(values, lang))
    if clause.limits:
        yield "    " + text("clause.limit", lang, values=_listed([_limit(each, lang) for each in clause.limits], lang))
    for exemption in clause.exempted:
        yield "    " + text("clause.exempted" if exemption.met else "clause.barred", lang, cite=cited(exemption.cite, lang))
    if clause.outcome == "unknown" and clause.missing:
        yield "    " + text("clause.missing", lang, values=_listed([_missing(m, lang) for m in clause.missing], lang))
    for why in clause.why:
        yield "    " + said(why, lang)


def _listed(items: list[str], lang: str) -> str:
    return ("；" if lang == "zh" else "; ").join(dict.fromkeys(items))


def _input(one: Input, lang: str) -> str:
    return f"{one.title.say(lang)} {shown(one.shown, lang)}"


def _limit(one: Limit, lang: str) -> str:
    value = f"{one.title.say(lang)} {shown(one.shown, lang)}"
    if one.since is None or one.cite is None:
        return value
    since = text("clause.since", lang, day=one.since, cite=cited(one.cite, lang))
    return f"{value}（{since}）" if lang == "zh" else f"{value} ({since})"


def _missing(one: Missing, lang: str) -> str:
    title = f"{one.title.say(lang)}"
    return f"{one.cell.year} 年{title}" if lang == "zh" else f"{title} of {one.cell.year}"


def _decides(bound: Decimal | None, lang: str, currency: str) -> str:
    return text("amount.no_bound", lang) if bound is None else text("amount.bound", lang, amount=money(bound, lang, currency))


def _amount(one: Explanation, lang: str) -> Iterator[str]:
    amount, currency = one.amount, one.currency
    if one.status == "decision" and amount.formula is None:
        key = "amount.decision" if one.bound is not None else "amount.decision_open"
        yield text(key, lang, amount=money(one.bound or Decimal(0), lang, currency))
        return
    if one.status == "no":
        if amount.raw:
            yield text("amount.would_be", lang, amount=money(amount.amount or amount.raw, lang, currency))
        return
    if amount.formula is not None and amount.raw is not None:
        result = money(amount.raw, lang, currency)
        rule = text("amount.formula", lang, formula=amount.formula.say(lang))
        yield rule if amount.formula.say(lang) == result else f"{rule} = {result}"
    elif amount.why:
        yield text("amount.unknown", lang, why=_listed([said(w, lang) for w in amount.why], lang))
    if amount.cap is not None and amount.raw is not None and amount.raw > amount.cap:
        yield f"{text('amount.cap', lang, cap=money(amount.cap, lang, currency))} → {money(amount.cap, lang, currency)}"
    for stage in one.stages:
        yield f"{said(stage.said, lang)}: {money(stage.before, lang, currency)} → {money(stage.after, lang, currency)}"
    if one.status == "yes":
        yield _paid(one, lang)
        if one.at_most:
            yield text("amount.at_most", lang)
        if one.provisional:
            yield text("provisional", lang)
        for part in one.parts:
            share = plain((part.share * 100).quantize(Decimal("0.01"))) + "%"
            key = "part" if part.text is None else "part.when"
            yield text(key, lang, years=part.years, share=share, text=part.text.say(lang) if part.text is not None else "")


def _paid(one: Explanation, lang: str) -> str:
    if one.award is not None:
        return text("amount.award_at_most" if one.at_most else "amount.award", lang, amount=money(one.award, lang, one.currency))
    return text("amount.entitled", lang, amount=money(one.amount.amount or Decimal(0), lang, one.currency))


def _change(change: Change, lang: str, currency: str) -> str:
    before, after = shown(change.before, lang), shown(change.after, lang)
    value = change.difference.value
    sign = "+" if isinstance(value, Decimal) and not isinstance(value, bool) and value > 0 else ""
    if change.status == "decision":
        result = text("change.decision", lang)
    else:
        result = text("change.yes", lang, amount=money(change.amount or Decimal(0), lang, currency))
    return text(
        "change",
        lang,
        of=change.title.say(lang),
        before=before,
        after=after,
        difference=sign + shown(change.difference, lang),
        result=result,
    )


def render_questions(asked: tuple[Question, ...], lang: str, currency: str = "CNY") -> str:
    """Return what to ask next, one a line."""
    rows = []
    for question in asked:
        money_said = _decides(question.decides, lang, currency)
        rows.append("? " + text("needs", lang, of=_missing(question.missing, lang), money=money_said))
    return "\n".join(rows)


def as_json(one: Explanation) -> dict[str, object]:
    """Return an explanation as plain data: exact numbers as text, every sentence in both languages."""
    both = ("zh", "en")
    return {
        "measure": one.measure,
        "title": {"zh": one.title.zh, "en": one.title.en},
        "cite": {lang: cited(one.cite, lang) for lang in both},
        "unit": one.unit,
        "enterprise": one.enterprise,
        "year": one.year,
        "day": one.day.isoformat(),
        "status": one.status,
        "at_most": one.at_most,
        "clauses": [_clause_json(c) for c in one.clauses],
        "would_be": _exact(one.amount.raw),
        "cap": _exact(one.amount.cap),
        "amount": _exact(one.amount.amount),
        "award": _exact(one.award),
        "maximum": _exact(one.bound),
        "stages": [
            {"before": _exact(s.before), "after": _exact(s.after), "said": {lang: said(s.said, lang) for lang in both}} for s in one.stages
        ],
        "provisional": one.provisional,
        "needs": [_cell_json(m) for m in one.missing],
        "changes": [_change_json(c, one.currency) for c in one.changes],
        "remarks": [{lang: said(r, lang) for lang in both} for r in one.remarks],
        "text": {lang: render(one, lang) for lang in both},
    }


def _exact(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _cell_json(missing: Missing) -> dict[str, object]:
    cell = missing.cell
    title = {"zh": missing.title.zh, "en": missing.title.en}
    return {"entity": cell.entity, "unit": cell.unit, "year": cell.year, "column": cell.column, "title": title}


def _clause_json(clause: ClauseSaid) -> dict[str, object]:
    return {
        "id": clause.id,
        "outcome": clause.outcome,
        "text": {"zh": clause.text.zh, "en": clause.text.en},
        "cite": {lang: cited(clause.cite, lang) for lang in ("zh", "en")},
        "yours": {lang: [_input(i, lang) for i in clause.yours] for lang in ("zh", "en")},
        "rule": {lang: [_limit(each, lang) for each in clause.limits] for lang in ("zh", "en")},
        "missing": [_cell_json(m) for m in clause.missing],
    }


def _change_json(change: Change, currency: str) -> dict[str, object]:
    cell = change.cell
    return {
        "entity": cell.entity,
        "unit": cell.unit,
        "column": cell.column,
        "before": str(change.before.value),
        "after": str(change.after.value),
        "status": change.status,
        "amount": _exact(change.amount),
        "said": {lang: _change(change, lang, currency) for lang in ("zh", "en")},
    }
