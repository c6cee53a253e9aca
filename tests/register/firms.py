"""Entities and credit codes the register's tests share."""

from jiqun.model.entity import Column, Entity
from jiqun.model.words import Words
from jiqun.register.creditcode import check_digit, organisation_check


def words(zh, en=None):
    return Words(zh=zh, en=en or zh)


ENTERPRISE = Entity(
    id="enterprise",
    title=words("企业", "enterprise"),
    columns={
        "credit_code": Column(type="text", title=words("统一社会信用代码", "credit code"), identifies=True),
        "name": Column(type="text", title=words("企业名称", "name")),
        "district": Column(
            type="enum", title=words("所在区", "district"), values={"nanshan": words("南山", "Nanshan"), "futian": words("福田", "Futian")}
        ),
        "revenue": Column(type="money", unit="万元", title=words("营业收入", "revenue")),
        "rd_spend": Column(type="money", unit="万元", title=words("研发费用", "R&D spend"), alias="研发投入"),
        "rd_intensity": Column(type="ratio", title=words("研发强度", "R&D intensity")),
        "employees": Column(type="count", title=words("从业人员", "employees")),
        "site": Column(type="quantity", unit="m²", title=words("场地面积", "site")),
        "founded": Column(type="date", title=words("成立日期", "founded")),
        "high_tech": Column(type="bool", title=words("是否高新", "high-tech")),
    },
)
PROJECT = Entity(
    id="project",
    title=words("项目", "project"),
    parent="enterprise",
    columns={"investment": Column(type="money", unit="万元", title=words("总投资", "investment"))},
)
ENTITIES = {"enterprise": ENTERPRISE, "project": PROJECT}


def code(number):
    """A valid credit code; the organisation is invented."""
    organisation = f"{number:08d}"
    body = f"91440300{organisation}{organisation_check(organisation)}"
    return body + check_digit(body)
