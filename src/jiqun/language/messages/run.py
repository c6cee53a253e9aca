"""Findings about runs: what was asked for and cannot be done."""

from jiqun.language.messages.message import Message

MESSAGES: dict[str, Message] = {
    "nothing-in-force": Message("{day} 这一天没有状态为 {statuses} 的措施在执行。", "On {day} no measure of status {statuses} is in force.", "换一个日期（--on）或加上状态（--status）。", "choose another day (--on) or add a status (--status)."),
    "no-such-year": Message("企业库没有 {year} 年的数据；有：{years}。", "The register has no year {year}; it has {years}.", "用 --year 选一个有的年份。", "choose one of them with --year."),
    "not-a-result": Message("{path} 不是空的，也不是结果文件夹；不覆盖它。", "{path} is neither empty nor a result folder; it is not overwritten.", "换一个文件夹（--out）。", "choose another folder (--out)."),
}
