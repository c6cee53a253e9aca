"""Findings about registers and the files they are imported from."""

from jiqun.language.messages.message import Message

STORE: dict[str, Message] = {
    "register-missing": Message(
        "这里没有企业库：文件夹中没有 register.json。",
        "There is no register here: the folder holds no register.json.",
        "用 jiqun register import 导入，或用 jiqun register synthesize 生成。",
        "import one with `jiqun register import` or make one with `jiqun register synthesize`.",
    ),
    "register-manifest": Message(
        "register.json 读不了：{reason}。",
        "register.json cannot be read: {reason}.",
        "重新导入或生成企业库。",
        "import or generate the register again.",
    ),
    "register-table-missing": Message(
        "清单里有这张表，文件却不在。",
        "The manifest lists this table, but the file is not there.",
        "从备份取回，或重新导入。",
        "restore it from a backup, or import the register again.",
    ),
    "register-table-altered": Message(
        "文件内容与清单不符：写成之后被改过，或没有复制完整。",
        "The file differs from the manifest: it was changed after it was written, or not copied whole.",
        "重新复制或重新导入；不要直接改表文件。",
        "copy or import it again; never edit a table in place.",
    ),
    "register-table-damaged": Message(
        "表文件损坏，读不了：{reason}。",
        "The table is damaged and cannot be read: {reason}.",
        "从备份取回，或重新导入。",
        "restore it from a backup, or import the register again.",
    ),
    "register-column-missing": Message(
        "表里没有“{column}”列，每张表都要有它。",
        "The table has no column '{column}', which every table needs.",
        "用 jiqun register import 重新导入。",
        "import the data again with `jiqun register import`.",
    ),
    "register-column-type": Message(
        "“{column}”列的类型是 {have}，政策包要求 {want}。",
        "Column '{column}' has the type {have}; the package needs {want}.",
        "按这个政策包重新导入，或换用相符的企业库。",
        "import the data again for this package, or use a register that fits it.",
    ),
    "register-in-the-way": Message(
        "这个位置已有别的内容，不是企业库，不能覆盖。",
        "Something that is no register is already here; it is not overwritten.",
        "换一个文件夹，或先清空它。",
        "name another folder, or empty this one first.",
    ),
}

FILES: dict[str, Message] = {
    "unreadable-table": Message(
        "这个文件读不了：{reason}。",
        "This file cannot be read: {reason}.",
        "检查路径和权限；文件损坏时从来源重新取得。",
        "check the path and its permissions; if the file is damaged, get it again from its source.",
    ),
    "excel-damaged": Message(
        "Excel 文件损坏，读不了：{reason}。",
        "The Excel file is damaged and cannot be read: {reason}.",
        "在 Excel 中打开并另存为 .xlsx，或重新取得文件。",
        "open it in Excel and save it as .xlsx, or get the file again.",
    ),
    "excel-encrypted": Message(
        "Excel 文件有密码。",
        "The Excel file is protected by a password.",
        "去掉密码后另存。",
        "save it without the password.",
    ),
    "excel-unfolds": Message(
        "Excel 文件展开后有 {size} MB（压缩时约 {packed} MB），太大或不正常，没有打开。",
        "The Excel file unfolds to {size} MB (from about {packed} MB); that is too large or not as it should be, and it was not opened.",
        "确认来源；大表请另存为 CSV 或 Parquet。",
        "make sure where it comes from; save large tables as CSV or Parquet.",
    ),
    "sheet-too-large": Message(
        "工作表占 {rows} 行 × {columns} 列，超过 {limit} 个单元格。",
        "The sheet spans {rows} rows × {columns} columns, more than {limit} cells.",
        "删去表格以外的行和列（远处可能有零星单元格），或另存为 CSV。",
        "delete the rows and columns outside the table (a stray cell far away is enough), or save it as CSV.",
    ),
    "sheet-missing": Message(
        "没有名为“{sheet}”的工作表。现有：{known}。",
        "There is no sheet '{sheet}'. There are: {known}.",
        "改正 sheet。",
        "correct `sheet`.",
    ),
    "not-excel": Message(
        "扩展名是 Excel，内容却不是。",
        "The file is named like an Excel file but is none.",
        "有的系统把网页存成 .xls：在 Excel 中打开并另存为 .xlsx。",
        "some systems save web pages as .xls: open it in Excel and save it as .xlsx.",
    ),
    "not-a-table": Message(
        "这不是 CSV、Excel 或 Parquet 文件。",
        "This is no CSV, Excel or Parquet file.",
        "给出这三种文件之一。",
        "name a file of one of these kinds.",
    ),
    "not-text": Message(
        "文件不是 UTF-8 或 GB18030 文本（约在第 {byte} 个字节）。",
        "The file is neither UTF-8 nor GB18030 text (near byte {byte}).",
        "另存为 UTF-8 CSV。",
        "save it as UTF-8 CSV.",
    ),
    "csv-broken": Message(
        "CSV 从这里起读不下去：{reason}。",
        "The CSV cannot be read from here on: {reason}.",
        "检查前面是否有没有配对的引号。",
        "look for a quotation mark without its pair before this line.",
    ),
}

MAPPING: dict[str, Message] = {
    "mapping-shape": Message(
        "这里需要{wanted_zh}。",
        "Here {wanted_en} are needed.",
        "写成 columns: {{revenue: {{from: 营业收入}}}}。",
        "write it like columns: {{revenue: {{from: 营业收入}}}}.",
    ),
    "mapping-key": Message(
        "映射没有“{key}”这个键。已知的键：{known}。",
        "A mapping has no key '{key}'. Known keys: {known}.",
        "改为“{nearest}”，或删去。",
        "write '{nearest}', or remove it.",
    ),
    "mapping-entity": Message(
        "没有叫“{entity}”的主体。可用的：{known}。",
        "There is no entity '{entity}'. There are: {known}.",
        "改正 entity。",
        "correct `entity`.",
    ),
    "mapping-year": Message(
        "year 要写年份（2024），或写年份所在的列（{{from: 年度}}）。",
        "`year` must be a year (2024) or the header of the column that holds it ({{from: 年度}}).",
        "改正 year。",
        "correct `year`.",
    ),
    "mapping-number": Message(
        "{key} 要写 {least} 至 {most} 的整数。", "{key} must be a whole number from {least} to {most}.", "改正 {key}。", "correct {key}."
    ),
    "mapping-date-format": Message(
        "日期写法“{format}”不能确定一天。",
        "The date format '{format}' does not settle a day.",
        "用 %Y、%m、%d 写，如 %d/%m/%Y。",
        "write it with %Y, %m and %d, for instance %d/%m/%Y.",
    ),
    "mapping-column": Message(
        "“{entity}”没有“{column}”这一列。",
        "'{entity}' has no column '{column}'.",
        "改为“{nearest}”，或删去。",
        "write '{nearest}', or remove it.",
    ),
    "mapping-from": Message(
        "没有写明“{column}”来自哪个表头。", "It is not said which header '{column}' comes from.", "补上 from。", "add `from`."
    ),
    "mapping-needs": Message(
        "映射没有写明“{column}”来自哪里。",
        "The mapping does not say where '{column}' comes from.",
        "编号写 key，年份写 year，上级写 parent，其余写在 columns 里。",
        "name the id by `key`, the year by `year`, the parent by `parent`, anything else under `columns`.",
    ),
    "mapping-header": Message(
        "文件里没有表头“{header}”。", "The file has no header '{header}'.", "最接近的是：{nearest}。", "the nearest: {nearest}."
    ),
    "mapping-header-twice": Message(
        "表头“{header}”出现不止一次。",
        "The header '{header}' stands more than once.",
        "给其中一列改名；多层表头用 header_rows 写明层数。",
        "rename one of the columns; if the header has several rows, say how many by `header_rows`.",
    ),
    "mapping-unit": Message(
        "不认识“{column}”的单位“{unit}”。", "The unit '{unit}' of '{column}' is not known.", "改正 unit。", "correct `unit`."
    ),
    "mapping-unit-wrong": Message(
        "单位“{unit}”不能用于“{column}”（{kind}）。",
        "The unit '{unit}' cannot be that of '{column}' ({kind}).",
        "核对列和单位。",
        "check the column and its unit.",
    ),
    "mapping-unit-conflict": Message(
        "映射写的单位是“{unit}”，表头“{header}”写的是“{written}”。",
        "The mapping says '{unit}', the header '{header}' says '{written}'.",
        "核对后留一个。",
        "find out which is right and make them agree.",
    ),
}

MESSAGES: dict[str, Message] = {**STORE, **FILES, **MAPPING}
