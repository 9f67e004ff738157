"""Values that are longer than the form has room for, and offices that print them all the same."""

import random

from .truth import Truth, changed

# Ethnic groups of three and more characters with 族, which fill their slot or run over its end.
LONG_GROUPS = (
    "土家族",
    "布依族",
    "哈萨克族",
    "维吾尔族",
    "柯尔克孜族",
    "傈僳族",
    "仡佬族",
    "朝鲜族",
    "蒙古族",
    "达斡尔族",
)
ESTATES = ("阳光花园", "金色家园", "东方明珠", "翠湖苑", "和谐小区", "世纪新城")


def spilling(truth: Truth, rng: random.Random) -> Truth:
    """Return the certificate with long addresses, ethnic groups and institutions, each by chance."""
    values = truth.values
    new: dict[str, str] = {}
    for who in ("mother", "father"):
        address = values[f"{who}Address"]
        if not address or not values[f"{who}Name"]:
            continue
        if rng.random() < 0.7:
            new[f"{who}Address"] = address + _home(rng)
        if rng.random() < 0.7 and values[f"{who}Nationality"] == "中国" and values[f"{who}Ethnicity"]:
            new[f"{who}Ethnicity"] = rng.choice(LONG_GROUPS)
    if rng.random() < 0.4:
        place = values["birthPlace"]
        long_name = place + rng.choice(("妇幼保健计划生育服务中心", "第二人民医院东院区", "中西医结合医院"))
        new |= {"medicalInstitutions": long_name, "issueAuthority": long_name}
    return changed(truth, **new)


def _home(rng: random.Random) -> str:
    """Return the rest of an address: estate, building, unit and flat."""
    home = f"{rng.choice(ESTATES)}{rng.randint(1, 30)}{rng.choice(('栋', '幢', '号楼'))}"
    return f"{home}{rng.randint(1, 4)}单元{rng.randint(1, 33)}0{rng.randint(1, 4)}{rng.choice(('室', '号', ''))}"
