"""The holidays of Acme."""

from __future__ import annotations

Row = tuple[str, str, bool, str | list[str]]
"""Name, date, whether it recurs, and which campaigns it closes."""

_EVERYONE = ["Sales", "Support", "Collections", "Retention", "Surveys"]
_OFFICES = ["Sales", "Collections", "Retention", "Surveys"]
_ARGENTINA = ["Argentina Sales", "Argentina Support"]
_SPAIN = ["Atención España"]

HOLIDAYS: list[Row] = [
    ("New Year's Day", "2026-01-01", True, "all"),
    ("Christmas Day", "2026-12-25", True, "all"),
    ("UY Workers' Day", "2026-05-01", True, _EVERYONE),
    ("UY Constitution Day", "2026-07-18", True, _EVERYONE),
    ("UY Independence Day", "2026-08-25", True, _EVERYONE),
    ("UY Children's Day", "2026-01-06", True, _OFFICES),
    ("UY Birthday of Artigas", "2026-06-19", True, _OFFICES),
    ("UY All Souls' Day", "2026-11-02", True, _OFFICES),
    ("UY Carnival Monday 2026", "2026-02-16", False, _OFFICES),
    ("UY Carnival Tuesday 2026", "2026-02-17", False, _OFFICES),
    ("UY Tourism Week Monday 2026", "2026-03-30", False, _OFFICES),
    ("UY Tourism Week Tuesday 2026", "2026-03-31", False, _OFFICES),
    ("UY Tourism Week Wednesday 2026", "2026-04-01", False, _OFFICES),
    ("UY Tourism Week Thursday 2026", "2026-04-02", False, _OFFICES),
    ("UY Tourism Week Friday 2026", "2026-04-03", False, _OFFICES),
    ("UY Landing of the 33 Orientals 2026", "2026-04-19", False, _OFFICES),
    ("UY Battle of Las Piedras 2026", "2026-05-18", False, _OFFICES),
    ("UY Cultural Diversity Day 2026", "2026-10-12", False, _OFFICES),
    ("UY Carnival Monday 2027", "2027-02-08", False, _OFFICES),
    ("UY Carnival Tuesday 2027", "2027-02-09", False, _OFFICES),
    ("UY Tourism Week Monday 2027", "2027-03-22", False, _OFFICES),
    ("UY Tourism Week Tuesday 2027", "2027-03-23", False, _OFFICES),
    ("UY Tourism Week Wednesday 2027", "2027-03-24", False, _OFFICES),
    ("UY Tourism Week Thursday 2027", "2027-03-25", False, _OFFICES),
    ("UY Tourism Week Friday 2027", "2027-03-26", False, _OFFICES),
    ("UY Landing of the 33 Orientals 2027", "2027-04-19", False, _OFFICES),
    ("UY Battle of Las Piedras 2027", "2027-05-17", False, _OFFICES),
    ("UY Cultural Diversity Day 2027", "2027-10-11", False, _OFFICES),
    ("AR Day of Memory", "2026-03-24", True, _ARGENTINA),
    ("AR Malvinas Veterans' Day", "2026-04-02", True, _ARGENTINA),
    ("AR Workers' Day", "2026-05-01", True, _ARGENTINA),
    ("AR May Revolution Day", "2026-05-25", True, _ARGENTINA),
    ("AR Flag Day", "2026-06-20", True, _ARGENTINA),
    ("AR Independence Day", "2026-07-09", True, _ARGENTINA),
    ("AR Immaculate Conception", "2026-12-08", True, _ARGENTINA),
    ("AR Carnival Monday 2026", "2026-02-16", False, _ARGENTINA),
    ("AR Carnival Tuesday 2026", "2026-02-17", False, _ARGENTINA),
    ("AR Good Friday 2026", "2026-04-03", False, _ARGENTINA),
    ("AR Güemes Day 2026", "2026-06-15", False, _ARGENTINA),
    ("AR San Martín Day 2026", "2026-08-17", False, _ARGENTINA),
    ("AR Cultural Diversity Day 2026", "2026-10-12", False, _ARGENTINA),
    ("AR Sovereignty Day 2026", "2026-11-23", False, _ARGENTINA),
    ("AR Carnival Monday 2027", "2027-02-08", False, _ARGENTINA),
    ("AR Carnival Tuesday 2027", "2027-02-09", False, _ARGENTINA),
    ("AR Good Friday 2027", "2027-03-26", False, _ARGENTINA),
    ("AR Güemes Day 2027", "2027-06-21", False, _ARGENTINA),
    ("AR San Martín Day 2027", "2027-08-16", False, _ARGENTINA),
    ("AR Cultural Diversity Day 2027", "2027-10-11", False, _ARGENTINA),
    ("AR Sovereignty Day 2027", "2027-11-20", False, _ARGENTINA),
    ("ES Epiphany", "2026-01-06", True, _SPAIN),
    ("ES Good Friday 2026", "2026-04-03", False, _SPAIN),
    ("ES Good Friday 2027", "2027-03-26", False, _SPAIN),
    ("ES Labour Day", "2026-05-01", True, _SPAIN),
    ("ES Assumption Day", "2026-08-15", True, _SPAIN),
    ("ES National Day", "2026-10-12", True, _SPAIN),
    ("ES All Saints' Day", "2026-11-01", True, _SPAIN),
    ("ES Constitution Day", "2026-12-06", True, _SPAIN),
    ("ES Immaculate Conception", "2026-12-08", True, _SPAIN),
]
