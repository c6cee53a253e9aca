"""What the command line says, in zh and en, and which of the two it speaks."""

from __future__ import annotations

import locale
import os
from collections.abc import Sequence

WORDS: dict[str, tuple[str, str]] = {
    "app.help": ("集群：把产业政策写成可以计算、解释、核对的规则。", "jiqun: industrial policy as code."),
    "lang.help": ("输出语言：zh 或 en（默认看环境变量 JIQUN_LANG 和系统语言）。", "language of the output: zh or en (default: JIQUN_LANG, then the locale)."),
    "json.help": ("输出 JSON。", "print JSON."),
    "package.help": ("政策包文件夹。", "folder of the package."),
    "check.help": ("检查政策包：列出所有错误和起草提示。", "Check a package: every error and drafting warning."),
    "check.strict": ("有警告也算失败。", "fail on warnings too."),
    "check.done": ("{errors} 个错误，{warnings} 个警告。", "{errors} errors, {warnings} warnings."),
    "test.help": ("运行政策包的算例（两个求值器都跑）。", "Run a package's golden cases through both evaluators."),
    "test.none": ("{path} 没有算例。", "{path} has no cases."),
    "test.done": ("{passed} 个算例通过，{failed} 个不通过。", "{passed} cases passed, {failed} failed."),
    "test.miss": ("{measure} / {unit}：{what} 应为 {expected}，得到 {found}", "{measure} / {unit}: {what} should be {expected}, was {found}"),
    "test.only": ("只跑名字里含这段文字的算例。", "only cases whose name contains this."),
}


def language(arguments: Sequence[str]) -> str:
    """Return zh or en: from `--lang`, then `JIQUN_LANG`, then the locale."""
    for place, argument in enumerate(arguments):
        given = argument.partition("=")[2] if argument.startswith("--lang=") else (arguments[place + 1] if argument == "--lang" and place + 1 < len(arguments) else "")
        if given in ("zh", "en"):
            return given
    chosen = os.environ.get("JIQUN_LANG", "") or os.environ.get("LC_ALL", "") or os.environ.get("LANG", "") or (locale.getlocale()[0] or "")
    return "zh" if chosen.lower().startswith("zh") else "en"


def words(key: str, lang: str, **values: object) -> str:
    """Return a text in one language, filled in."""
    zh, en = WORDS[key]
    return (zh if lang == "zh" else en).format(**values)
