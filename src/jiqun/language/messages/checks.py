"""Findings of the checks over a whole package; those in WARNINGS stop nothing and are shown beside every result."""

from jiqun.language.messages.message import Message

ERRORS: dict[str, Message] = {
    "listed-twice": Message("“{id}”列了两次。", "'{id}' is listed twice.", "删去一个。", "remove one of them."),
    "empty-cap": Message("上限“{id}”没有管到任何措施。", "The cap '{id}' bounds no measure.", "列出措施，或改正文件编号，或删去这个上限。", "list its measures, correct the document, or remove the cap."),
    "needless-choice": Message("{rule} 分组不由申请人选择，choice 没有用。", "Nobody chooses in a group of rule {rule}: `choice` has no effect.", "删去 choice，或改用 exclusive。", "remove `choice`, or make the rule exclusive."),
    "budget-extra": Message("预算规则 {rule} 用不到“{key}”。", "The budget rule {rule} has no use for '{key}'.", "删去“{key}”，或换一个规则。", "remove '{key}', or choose another rule."),
    "wrong-order": Message("{rule} 的 order_by 要是{needed_zh}，这里是{given_zh}。", "The order_by of {rule} must be {needed_en}; this is {given_en}.", "ranked 按分数排，first_come 按日期排。", "ranked goes by a score, first_come by a day."),
    "quota-not-constant": Message("名额不能随单位而变。", "A quota cannot differ from unit to unit.", "写一个整数，或一个没有例外的参数。", "write a whole number, or a parameter without exceptions."),
    "quota-not-whole": Message("名额不是非负整数。", "A quota must be a whole number of winners, not below 0.", "改成整数。", "make it a whole number."),
    "mixed-units": Message("按单位（by: unit）的一组措施涉及不同主体：{entities}；它们永远不是同一个单位。", "The measures bound by unit are about different entities ({entities}): their units are never the same one.", "改为 by: enterprise，或只列同一主体的措施。", "write by: enterprise, or list measures of one entity."),
    "group-limit": Message("按“{by}”分组的限额要是全组一个数，这里却要到各企业去读。", "The limit of a group by '{by}' must be one sum for the whole group; this is read at each enterprise.", "只用参数写限额。", "use parameters only."),
    "money-in-limit": Message("限额里不能用 {name}({measure})：读限额时各项金额还没有算出来。", "A limit cannot use {name}({measure}): limits are read before amounts are given out.", "改用参数或列；要扣除已付金额可用 paid(…)。", "use parameters or columns; paid(…) gives what was paid before."),
    "beyond-money": Message("“{number}”太大：任何一笔奖补都不会有这么多。", "'{number}' is too large: no award can be as much.", "检查数字和单位。", "check the number and its unit."),
    "small-share": Message("份额 {share} 不大于 0。", "The share {share} is not above 0.", "删去这一期，或改正份额。", "remove the instalment, or correct its share."),
    "bad-rounding": Message("取整单位要大于 0。", "The rounding unit must be above 0.", "写成 1元、1万元 等。", "write 1元, 1万元 or the like."),
    "extra-part": Message("{type} 参数用不到“{key}”。", "A {type} parameter has no use for '{key}'.", "删去“{key}”。", "remove '{key}'."),
    "not-whole": Message("number 参数只放整数（用它算出的结果也按整数取整），“{value}”不是整数。", "A number is whole, and so is what is computed from it; '{value}' is not.", "把 type 改为 ratio。", "make its type ratio."),
    "column-extra": Message("{type} 列用不到“{key}”。", "A {type} column has no use for '{key}'.", "删去“{key}”，或改列的类型。", "remove '{key}', or change the column's type."),
    "bad-decimals": Message("{type} 列最多保留 {most} 位小数，这里写了 {decimals} 位。", "A {type} column keeps at most {most} decimals; this says {decimals}.", "减少 decimals。", "lower `decimals`."),
    "bad-step": Message("步长要大于 0。", "The step must be above 0.", "写一个大于 0 的步长；方向由 direction 决定。", "write a step above 0; `direction` says which way."),
    "duplicate-label": Message("“{label}”已是取值“{other}”的叫法。", "'{label}' is already what the value '{other}' is called.", "给其中一个换叫法。", "rename one of them."),
    "ceiling-lost": Message("金额用到了措施“{measure}”，它的金额只是上限（不超过），所以这里的结果也只是上限。", "The amount builds on '{measure}', which is only an upper bound; so is this result.", "写上 ceiling: true。", "write ceiling: true."),
    "dated-total": Message("这项措施的参数按每个单位的“{as_of}”读取，不能再对下级求和或计数：下级没有这一天。", "This measure reads its parameters on each unit's '{as_of}', so it cannot add up or count children: they have no such day.", "as_of 改为 day 或 year_end，或把合计做成企业库的一列。", "make as_of day or year_end, or let the register hold the total."),
    "money-in-history": Message("不能取其他年份的 {name}({measure})：金额只为运行的这一年计算。", "{name}({measure}) of another year is not known: amounts are computed for the year of the run only.", "移到 prior、highest_before、years_in_a_row 之外，或改用企业库的列。", "move it out of prior, highest_before or years_in_a_row, or use a column of the register."),
    "money-in-exception": Message("参数的例外不能以 {name}({measure}) 为条件：参数可能因此要用到自己。", "The exceptions of a parameter cannot ask for {name}({measure}): the parameter could need itself.", "把条件写进措施的 amount。", "write the case into the measure's amount."),
    "cyclic-measure": Message("措施互相依赖，绕成一圈：{ring}。", "Measures depend on one another in a ring: {ring}.", "断开这个环；共用资金池或叠加分组的措施要一起分配，也算互相依赖。", "break the ring; measures that share a pool or a stacking group are allocated together and so wait for one another."),
    "cyclic-exception": Message("参数“{name}”的例外条件用到了它自己。", "The exceptions of the parameter '{name}' use the parameter itself.", "改写例外的条件。", "rewrite the exception's condition."),
}

DRAFTING: dict[str, Message] = {
    "no-sunset": Message("措施“{id}”没有写明截止日：它会一直有效。", "The measure '{id}' names no last day: it never ends.", "在 valid 中补上 to。", "add `to` to `valid`."),
    "no-start": Message("措施“{id}”没有写明起始日：以往任何一天都会算作有效。", "The measure '{id}' names no first day: it counts as in force on any day before.", "在 valid 中补上 from。", "add `from` to `valid`."),
    "unverified": Message("措施“{id}”的数字没有在可靠来源中核对过；凡显示结果处都会注明。", "The figures of '{id}' were not read in a source one may rely on; this is said wherever its result is shown.", "核对原文后改为 verified: true。", "read the original, then write verified: true."),
    "uncapped-promise": Message("措施“{id}”的金额随申请人的数字增长，没有上限、资金池或总额限制：要付多少没有尽头。", "The amount of '{id}' grows with the applicant's figures, and no cap, pool or limit ends it.", "补上 cap 或 budget，或列入 caps。", "add a `cap` or `budget`, or list it in `caps`."),
    "bare-number": Message("“{number}”直接写在表达式里：没有日期，也没有出处。", "'{number}' is written into the expression, without a date or a source.", "在 parameters 中定义它并写明条款，这里用它的名字。", "declare it in `parameters` with its article, and use its name here."),
    "unanswerable": Message("这个条件只看 {columns}，企业库还没有收集：没有申报表就无法判断。", "This condition asks only for {columns}, which no register collects: it stays unknown until an application form asks.", "在申报表中收集，或改用企业库已有的列。", "collect it by an application form, or use a column that registers hold."),
    "overlapping-bands": Message("参数“{name}”的两档重叠：{first} 与 {second}。", "Two bands of '{name}' overlap: {first} and {second}.", "让一档的 to 等于下一档的 from；最后一档才可不写 to。", "let each `to` equal the next `from`; only the last band may leave `to` out."),
    "gapped-bands": Message("参数“{name}”的各档漏掉了 {hole_zh}：落在其中的没有结果。", "The bands of '{name}' leave out {hole_en}: what falls there has no result.", "让一档的 to 等于下一档的 from，或检查 edge。", "let each `to` equal the next `from`, or look at `edge`."),
    "single-enterprise": Message("这里按“{column}”点名某个企业（或它的某个单位）。", "This singles out one enterprise, or one unit of it, by '{column}'.", "改用任何企业都可能符合的条件；公平竞争审查不允许指定特定经营者。", "use a condition that any enterprise could meet; a fair-competition review does not allow naming one."),
    "unequal-treatment": Message("这里按{line_zh}（{title_zh}，{column}）区别对待企业，触及公平竞争审查的红线。", "This treats firms differently by {line_en} ({title_en}, `{column}`), a red line of the fair-competition review.", "删去这项区别，或写明允许它的上位法依据并提请审查。", "drop the distinction, or name the law that allows it and submit it to review."),
}

MESSAGES: dict[str, Message] = {**ERRORS, **DRAFTING}
WARNINGS: tuple[str, ...] = tuple(DRAFTING)
