"""Closed vocabularies of the form: what a slot's text is compared with."""

# GB/T 3304, in the standard's order.
ETHNIC_GROUPS = tuple(
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 其他 穿青人".split()
)


def ethnic_group(text: str) -> str:
    """Return the ethnic group that differs from `text` in one character at most, if there is a single one.

    The suffix 族 is kept as printed. Groups of one character are left as read: any other would do as well.
    """
    suffix = "族" if text.endswith("族") else ""
    stem = text.removesuffix("族")
    if stem in ETHNIC_GROUPS or len(stem) < 2:
        return text
    near = [group for group in ETHNIC_GROUPS if len(group) > 1 and _differ_by_one(stem, group)]
    return near[0] + suffix if len(near) == 1 else text


def _differ_by_one(a: str, b: str) -> bool:
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True)) == 1
    short, long = sorted((a, b), key=len)
    return len(long) - len(short) == 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))
