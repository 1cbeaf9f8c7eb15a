"""The words of answers in two languages: headings, and what the codes of the tables mean."""

from __future__ import annotations

from typing import Any

from etl.ask.show import Lang

# English headings are their own keys.
_HEADINGS = {
    "bloc": "联盟",
    "name": "名称",
    "level": "层级",
    "type": "类型",
    "since": "起始",
    "status": "状态",
    "parties": "成员数",
    "mineral": "矿种",
    "symbol": "符号",
    "part of": "所属",
    "shares for": "占比数据年份",
    "party": "主体",
    "region": "地区",
    "blocs": "联盟数",
    "role": "角色",
    "precision": "精度",
    "on whose word": "依据",
    "year": "年份",
    "edition": "版次",
    "share": "占比",
    "bounds": "下限–上限",
    "members": "有数据/成员",
    "tonnes": "吨",
    "date": "日期",
    "what": "类别",
    "event": "事项",
    "subject": "对象",
    "conflict_id": "编号",
}
_CODES = {
    # levels of blocs, and their types
    "multilateral": "多边",
    "minilateral": "小多边",
    "bilateral": "双边",
    "national": "国家",
    "other": "其他",
    "buyers_club": "买方俱乐部",
    "supply_chain": "供应链型",
    # instruments
    "agreement": "协议",
    "alliance": "联盟",
    "dialogue": "对话",
    "forum": "论坛",
    "framework": "框架",
    "initiative": "倡议",
    "joint_statement": "联合声明",
    "mou": "谅解备忘录",
    "network": "网络",
    "roadmap": "路线图",
    "treaty": "条约",
    "union": "联合体",
    # states of affairs
    "in_force": "有效",
    "announced": "已宣布",
    "proposed": "拟议",
    "ended": "已结束",
    "adopted": "通过",
    "published": "发布",
    "reported": "据报道",
    "signed": "签署",
    # minerals
    "group": "矿组",
    "element": "元素",
    "ore": "矿石",
    "compound": "化合物",
    "product": "产品",
    # parties
    "country": "国家",
    "territory": "地区",
    "supranational": "超国家组织",
    "historical": "历史国家",
    "institution": "机构",
    "Africa": "非洲",
    "Americas": "美洲",
    "Asia": "亚洲",
    "Europe": "欧洲",
    "Oceania": "大洋洲",
    # roles, and how fine a date is
    "initiator": "发起",
    "founding": "创始成员",
    "member": "成员",
    "forum_member": "论坛成员",
    "partner": "伙伴",
    "observer": "观察员",
    "day": "日",
    "month": "月",
    "year": "年",
    # kinds of events
    "assessment": "评估",
    "conflict": "冲突",
    "diplomacy": "外交",
    "executive_order": "行政令",
    "export_restriction": "出口限制",
    "funding": "资金",
    "governance_rule": "治理规则",
    "investment_screening": "投资审查",
    "legislation": "立法",
    "mineral_list": "矿产清单",
    "politics": "政治",
    "project": "项目",
    "regulation": "法规",
    "sanction": "制裁",
    "strategy": "战略",
    "subsidy": "补贴",
    "trade_measure": "贸易措施",
    "joined": "加入",
    "left": "退出",
    "target": "所针对者",
    # contradictions
    "high": "高",
    "medium": "中",
    "low": "低",
    "internal": "同一文献",
    "cross_document": "文献之间",
    "arithmetic": "算术",
    "unit": "单位",
    "against_reality": "与官方或公开来源不符",
    "open": "未裁定",
    "resolved": "已裁定",
    "neither": "两者皆非",
    # how a share is counted
    "production": "产量",
    "reserves": "储量",
    "resources": "资源量",
    "capacity": "产能",
    "mine": "采矿",
    "smelter": "冶炼",
    "refinery": "精炼",
    "processing": "加工",
    "none": "",
    "content": "金属含量",
    "gross_ore": "矿石毛重",
    "unspecified": "口径未注明",
    "year_end": "年末成员",
    "any_day": "年内任一日成员",
    "year_start": "年初成员",
    "day_weighted": "按日加权",
    "fixed": "最新构成",
    "partners": "仅联盟成员",
    "partners_and_forum": "成员与论坛",
    "as_signed": "欧盟视作一方",
    "expanded": "欧盟按成员国展开",
}


class Words:
    """What to write in one language.

    Args:
        lang: The language.
    """

    def __init__(self, lang: Lang) -> None:
        self.lang = lang

    def __call__(self, english: str, chinese: str) -> str:
        """Choose one of two texts."""
        return chinese if self.lang is Lang.ZH else english

    def heading(self, name: str) -> str:
        """Write a heading; the mark before it (`>`, `!`, `+`) stays."""
        bare = name.lstrip(">!+")
        return name[: len(name) - len(bare)] + self(bare, _HEADINGS.get(bare, bare))

    def headings(self, *names: str) -> list[str]:
        """Write several headings."""
        return [self.heading(name) for name in names]

    def code(self, code: str | None) -> str:
        """Say what a code of the tables means; one that has no words stays as it is."""
        if code is None:
            return ""
        return self(code.replace("_", " ") if code != "none" else "", _CODES.get(code, code))

    def name(self, row: dict[str, Any], en: str = "name_en", zh: str = "name_zh") -> str:
        """Return the name that a row has in this language, else the other."""
        first, second = (zh, en) if self.lang is Lang.ZH else (en, zh)
        return row.get(first) or row.get(second) or ""
