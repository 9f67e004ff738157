"""Names as people of a sex, a decade and an ethnic group bear them."""

import functools
import random
import re

from faker.providers.person.zh_CN import Provider as Chinese

# The ten most given names in the yearly name reports of the ministry of public security, 2018–2021, by year and sex.
# The weights only fall: the reports tell the order.
MOST_GIVEN = {
    ("男", 2018): "浩宇 浩然 宇轩 宇航 宇泽 梓豪 子轩 浩轩 梓轩 子豪",
    ("女", 2018): "梓涵 欣怡 诗涵 一诺 依诺 雨桐 欣妍 佳怡 梦瑶 语桐",
    ("男", 2019): "浩宇 浩然 宇轩 宇航 铭泽 宇辰 奕辰 子墨 梓豪 宇泽",
    ("女", 2019): "一诺 欣怡 梓涵 语桐 欣妍 可欣 依诺 雨桐 诗涵 佳琪",
    ("男", 2020): "奕辰 宇轩 浩宇 亦辰 宇辰 子墨 宇航 浩然 梓豪 亦宸",
    ("女", 2020): "一诺 依诺 欣怡 梓涵 语桐 欣妍 可欣 语汐 雨桐 梦瑶",
    ("男", 2021): "沐宸 浩宇 沐辰 茗泽 奕辰 宇泽 浩然 奕泽 宇轩 沐阳",
    ("女", 2021): "若汐 一诺 艺涵 依诺 梓涵 苡沫 雨桐 欣怡 语桐 语汐",
}
FALLING = (20, 17, 15, 13, 11, 9, 8, 7, 6, 5)

# Characters of given names by sex and first year of birth; the first stand for the most frequent.
BOYS = {
    1950: ("建志国文明德永玉福金", "国华军平明民林生强成义忠良才安祥发春"),
    1970: ("建志永文海国小晓俊卫", "军勇强刚伟东波峰斌辉明涛平华兵红林忠"),
    1980: ("志晓文海建俊永家伟国", "鹏伟磊涛超波强勇飞龙刚杰峰亮斌辉明宇"),
    1990: ("俊家文志浩子嘉泽晓天", "杰鹏豪鑫宇凯龙斌超威伟浩辉文康阳雄臻"),
    2005: ("子浩俊宇嘉文梓天家睿", "轩豪涵宇杰阳博然辰鑫翔哲毅航昊瑞熙祺"),
    2014: ("子梓宇浩奕沐俊一嘉亦泽承铭睿皓煜景知星瑾书", "轩宇辰泽宸睿航然豪阳涵霖熙恒桐霆钧琛晟珩屿柠烁骁翊"),
}
GIRLS = {
    1950: ("秀桂玉淑凤春素兰月金", "英兰珍芳梅华荣花云香琴芝莲娥仙珠"),
    1970: ("丽秀小晓红海春玉建艳", "萍霞丽红梅英华芳玲燕琴敏艳娟芬琼菊"),
    1980: ("丽晓海小雪艳春玉红婷", "娟燕丽霞静艳婷娜玲敏芳萍莉颖琴娇妮"),
    1990: ("晓雅丽思佳雨梦诗慧嘉", "婷雪倩敏洁莹琳颖文怡慧玲娜欣瑶茜薇蓉"),
    2005: ("欣雨佳子梓诗思梦雅语", "怡涵萱妍彤琪婷轩瑶欣悦蕊颖雯琳菲"),
    2014: ("梓欣雨语诗若可一依芷沐安思念初苡佳妙知禾", "涵怡桐萱妍汐彤琪诺悦瑶柠沫冉玥语溪婳芮昕熙朵宁禧"),
}
# Characters of names of any decade and either sex, which parents choose beside the fashion of theirs.
ANY = (
    "安邦冰博才灿晨承诚澄崇川纯聪达德栋端敦恩帆方枫福歌光广海翰昊皓禾鹤衡弘宏鸿怀焕辉慧吉济继嘉坚江捷锦进晋京经景静敬炯君钧凯康可坤兰朗乐"
    "黎礼力立良霖凌伦茂美萌孟敏铭默牧楠宁朋齐祺琦启谦乔钦勤青清晴庆秋群仁荣融如润森善绍深圣时世书树水硕思松颂苏涛天甜恬庭童维闻希晰曦夏翔祥"
    "潇孝心新馨兴星行修延言彦扬耀宜艺毅逸义寅英盈影永咏友羽育裕元圆远越允韵哲真振正政之知智治中舟洲竹卓紫宗祖屹峻岚岳妤娴婕菡萱蕴薇荷莲菁"
)
RARE = "翀昶赟玥璟湉珺祎婧彧昱旻烨堃喆犇淼焱翾顗劼玘玚珣琇琤睿頔龑骉偲侃俣倞佶俍垚堉奡妘嫄岑峣峤庥弢忻怿惇戬扬旸晗晞晅"
COMPOUND = ("欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "令狐", "司徒", "慕容", "端木", "夏侯", "东方")

UYGHUR_MEN = "买买提 艾山 玉素甫 阿卜杜拉 吐尔逊 依明 库尔班 艾尔肯 麦麦提明 努尔麦麦提 阿布都热合曼 木合塔尔 伊力哈木"
UYGHUR_WOMEN = (
    "阿依古丽 古丽努尔 帕提古丽 热依汗 玛依拉 祖丽皮亚 茹仙古丽 阿瓦古丽 麦尔哈巴 迪丽娜尔 姑丽米热 布阿依谢木"
)
KAZAKH_MEN = "叶尔肯 哈那提 巴合提 努尔兰 波拉提 赛力克 加尔恒 木拉提 胡安什 叶尔波力 达吾列提 阿依丁"
KAZAKH_WOMEN = "古丽娜 阿依努尔 巴哈尔 加娜尔 沙吾列 努尔古丽 玛依努尔 阿娜尔古丽 哈丽哈西 帕丽达"
TIBETAN_FIRST = "扎西 次仁 尼玛 达瓦 多吉 旦增 索朗 格桑 仁青 洛桑 边巴 普布 土登 贡布"
TIBETAN_MEN = "顿珠 多吉 平措 罗布 旺堆 次旦 加措 仁增 坚赞 扎巴"
TIBETAN_WOMEN = "卓玛 拉姆 央金 白玛 曲珍 卓嘎 德吉 措姆 旺姆 央宗"
MONGOL_MEN = "巴特尔 朝鲁 苏和 哈斯 毕力格 宝音 那顺 孟克 布和 额尔敦 敖其尔 阿古拉"
MONGOL_WOMEN = "其其格 娜仁 萨仁 乌云 高娃 塔娜 托娅 斯琴 琪琪格 阿茹娜 诺敏 萨日娜"
YI_CLANS = "阿苏 吉克 沙马 吉木 阿尔 曲木 勒则 马海 俄木 海来"
YI_MEN = "木呷 伍合 拉铁 尔古 子聪 日布 史布 克古"
YI_WOMEN = "阿依 伍牛 莫 嫫 阿果 依作 牛牛 日作"

WITH_MIDDLE_DOT = {"维吾尔", "哈萨克", "柯尔克孜", "乌孜别克", "塔吉克", "塔塔尔"}
WITHOUT_SURNAME = {"藏", "门巴", "珞巴"}
MIDDLE_DOT = "·"


def pick(random_: random.Random, words: str | tuple[str, ...]) -> str:
    return random_.choice(words.split() if isinstance(words, str) else words)


@functools.cache
def surnames() -> tuple[tuple[str, ...], tuple[float, ...]]:
    """Return the surnames of the national reports in their simplified form, with their shares in per cent."""
    modern = {"萧": "肖", "阎": "闫"}
    shares = {modern.get(name, name): share for name, share in Chinese.last_names.items()}
    return tuple(shares), tuple(shares.values())


def surname(random_: random.Random, ethnicity: str) -> str:
    if random_.random() < 0.004:
        return random_.choice(COMPOUND)
    local = {"回": "马 丁 沙 杨 马 白 哈 海 纳 马", "壮": "韦 覃 农 黄 蒙 陆 莫 罗", "土家": "向 彭 田 覃 冉 张 谭",
             "苗": "龙 石 吴 麻 杨 廖", "满": "关 佟 那 赵 金 富", "朝鲜": "金 朴 李 崔 郑", "布依": "韦 罗 王 岑 班",
             "侗": "吴 杨 石 粟 姚", "黎": "符 王 李 陈 吉", "瑶": "盘 赵 邓 李 黄 房", "白": "杨 段 赵 李 董 张",
             "傣": "刀 岩 玉 思", "哈尼": "李 白 马 罗", "畲": "蓝 雷 钟 兰", "仡佬": "冉 田 申 王",
             "水": "韦 潘 石 莫"}  # fmt: skip
    if ethnicity in local and random_.random() < 0.7:
        return pick(random_, local[ethnicity])
    names, shares = surnames()
    return random_.choices(names, shares)[0]


def given(random_: random.Random, sex: str, year: int) -> str:
    """Return a given name: from the reports, from faker's list, or composed of its decade's characters."""
    chance = random_.random()
    if year >= 2014 and chance < 0.08:
        report = MOST_GIVEN[sex, min(max(year, 2018), 2021)].split()
        return random_.choices(report, FALLING)[0]
    if year < 1992 and chance < 0.3:
        return random_.choice(Chinese.first_names_male if sex == "男" else Chinese.first_names_female)
    if chance > 0.97:
        return random_.choice(["", *"子文一"]) + random_.choice(RARE)
    return composed(random_, sex, year)


def composed(random_: random.Random, sex: str, year: int) -> str:
    """Compose a given name of the characters of its decade; one in five has a single character."""
    by_decade = BOYS if sex == "男" else GIRLS
    first, last = by_decade[max(decade for decade in by_decade if decade <= max(year, 1950))]
    end = random_.choices(last, range(len(last) + 8, 8, -1))[0] if random_.random() < 0.8 else random_.choice(ANY)
    if random_.random() < (0.3 if 1975 <= year < 2000 else 0.1):
        return end
    start = random_.choices(first, range(len(first) + 4, 4, -1))[0] if random_.random() < 0.8 else random_.choice(ANY)
    return start + (end if start != end else last[0])


def bare_name(random_: random.Random, sex: str, ethnicity: str) -> str | None:
    """Return the one name of a person whose people have no Han surname; None where they have one."""
    man = sex == "男"
    if ethnicity in {"维吾尔", "乌孜别克"}:
        return pick(random_, UYGHUR_MEN if man else UYGHUR_WOMEN)
    if ethnicity in WITH_MIDDLE_DOT:
        return pick(random_, KAZAKH_MEN if man else KAZAKH_WOMEN)
    if ethnicity in WITHOUT_SURNAME:
        return pick(random_, TIBETAN_FIRST) + pick(random_, TIBETAN_MEN if man else TIBETAN_WOMEN)
    if ethnicity == "蒙古" and random_.random() < 0.6:
        return pick(random_, MONGOL_MEN if man else MONGOL_WOMEN)
    if ethnicity == "彝" and random_.random() < 0.4:
        return pick(random_, YI_CLANS) + pick(random_, YI_MEN if man else YI_WOMEN)
    return None


def full_name(random_: random.Random, sex: str, year: int, ethnicity: str) -> tuple[str, str]:
    """Return a name and its surname, which is empty for names without one."""
    bare = bare_name(random_, sex, ethnicity)
    if bare and ethnicity in WITH_MIDDLE_DOT:
        father = bare_name(random_, "男", ethnicity)
        return f"{bare}{MIDDLE_DOT}{father}", ""
    if bare:
        return bare, ""
    family = surname(random_, ethnicity)
    return family + given(random_, sex, year), family


def first_part(name: str) -> str:
    """Return the own name of a person: what stands before the middle dot."""
    return re.split(MIDDLE_DOT, name)[0]
