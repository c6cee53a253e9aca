"""Texts of `explain`."""

TEXTS: dict[str, tuple[str, str]] = {
    "explain.help": ("解释一家企业的结果：每项措施为什么得、为什么不得、缺什么，最小改变是什么。", "Explain one enterprise: why it gets what it gets, why not, what is missing, and the nearest change."),
    "explain.enterprise": ("企业编号（或下级主体的编号）。", "id of the enterprise (or of something it has)."),
    "explain.results": ("测算结果文件夹。", "folder of the results."),
    "explain.on": ("测算日（默认：结果的测算日）。", "the day (default: that of the results)."),
    "explain.measure": ("只解释这项措施。", "only this measure."),
}
