"""The programs that rebuild the tables about characters, on small sources and into a directory of their own."""

import csv
from collections.abc import Callable
from contextlib import redirect_stdout
from importlib import import_module
from io import StringIO
from pathlib import Path

import pytest

from reviewapp.facts import pinyin
from tests.certificates.fonts import path_for
from tests.tables import readings
from tests.tables.glyphs import similarities

PROGRAMS = "tests.tables"

type Redirect = Callable[..., Path]


@pytest.fixture
def into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Redirect:
    """Let a program write one of its tables here instead of into the product."""

    def redirect(program: str, table: str) -> Path:
        path = tmp_path / f"{table}.tsv"
        monkeypatch.setattr(f"{PROGRAMS}.{program}.{table}", path)
        return path

    return redirect


def rows_of(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row[0]: row[1:] for row in csv.reader(file, delimiter="\t")}


def run(program: str, *arguments: str) -> str:
    out = StringIO()
    with redirect_stdout(out):
        import_module(f"{PROGRAMS}.{program}").main(arguments)
    return out.getvalue()


def test_characters_are_counted_in_names_and_in_texts(into: Redirect, tmp_path: Path) -> None:
    names, texts = into("characters", "NAME_TABLE"), into("characters", "TEXT_TABLE")
    words, villages, streets = (tmp_path / name for name in ("words.txt", "villages.csv", "streets.csv"))
    words.write_text("王小昊 3 nr\n李小明 5 nr\n约翰 2 nrt\n长沙 10 ns\n", encoding="utf-8")
    villages.write_text("name\n东风村委会\n圩坪村民委员会\n", encoding="utf-8")
    streets.write_text("name\n迁陵镇\n圩坪街道\n", encoding="utf-8")
    said = run("characters", "--words", str(words), "--villages", str(villages), "--streets", str(streets))
    assert said.count("characters") >= 2

    by_name, by_text = rows_of(names), rows_of(texts)
    assert by_name["character"] == ["surname", "female", "male", "foreign"]
    assert int(by_name["王"][0]) > int(by_name["昊"][0])
    assert int(by_name["约"][3]) > 0
    assert by_text["character"] == ["place", "general"]
    assert int(by_text["圩"][0]) == 2 * int(by_text["东"][0]) > 0
    assert float(by_text["长"][1]) > float(by_text["昊"][1]) > 0
    assert int(by_text["委"][0]) == 0


def test_characters_that_a_font_draws_alike_are_paired(into: Redirect, monkeypatch: pytest.MonkeyPatch) -> None:
    table = into("lookalikes", "TABLE")
    monkeypatch.setattr(f"{PROGRAMS}.lookalikes.levels", lambda: dict.fromkeys("未末王玉一国", 1))
    monkeypatch.setattr(f"{PROGRAMS}.lookalikes.curated", lambda: iter([("戍戌", 60), ("戍戌戊", 10)]))
    said = run("lookalikes", str(path_for("song", "未末")))
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()[1:]]
    percents = {one + other: int(percent) for one, other, percent in rows}
    assert f"{len(percents)} pairs" in said
    assert percents["未末"] > 10
    assert percents["戌戍"] >= 60
    assert "一国" not in percents


def test_a_file_that_is_no_font_is_told(into: Redirect, tmp_path: Path) -> None:
    into("lookalikes", "TABLE")
    (tmp_path / "font.ttf").write_text("no font")
    with pytest.raises(SystemExit, match="2"):
        run("lookalikes", str(tmp_path / "font.ttf"))


def test_without_a_font_nothing_looks_alike() -> None:
    assert not similarities("未末", []).any()


def test_components_forms_and_strokes_are_written(into: Redirect, tmp_path: Path) -> None:
    components, forms, strokes = (into("components", name) for name in ("COMPONENTS", "FORMS", "STROKES"))
    sources = {
        "decomp.txt": "斌:a(文,武)\n贇:d(斌,貝)\n貝:d(目,八)\n龍:c()\n",
        "variants.txt": "U+8C9D\tkSimplifiedVariant\tU+8D1D\nU+8D07\tkSimplifiedVariant\tU+8D5F\n"
        "U+8D1D\tkTraditionalVariant\tU+8C9D\n# a remark\n",
        "strokes.yaml": "# head\n文\tnhpn\n文\tnhpz\n文\tnhps\n𠀀\th\nabc\th\n",
    }
    for name, text in sources.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    run("components", *(str(tmp_path / name) for name in sources))
    assert dict(line.split("\t") for line in components.read_text(encoding="utf-8").splitlines())["赟"] == "斌贝"
    assert any({"貝", "贝"} <= set(line) for line in forms.read_text(encoding="utf-8").splitlines())
    assert strokes.read_text(encoding="utf-8") == "文\t4134 4135\n"


def test_the_table_of_pinyin_is_what_its_program_writes(into: Redirect) -> None:
    table = into("readings", "TABLE")
    said = StringIO()
    with redirect_stdout(said):
        readings.main()
    assert table.read_text(encoding="utf-8") == pinyin.TABLE.read_text(encoding="utf-8")
    assert "417 readings" in said.getvalue()


@pytest.mark.parametrize(
    ("char", "expected"),
    [
        ("曾", {"zeng", "ceng"}), ("单", {"dan", "shan", "chan"}), ("仇", {"qiu", "chou"}), ("区", {"qu", "ou"}),
        ("吕", {"lv", "lu"}), ("王", {"wang"}), ("茜", {"qian", "xi"}), ("x", set()),
    ],
)  # fmt: skip
def test_characters_have_all_their_readings(char: str, expected: set[str]) -> None:
    assert set(pinyin.readings_of(char)) == expected


def test_a_name_is_read_in_a_bounded_number_of_ways() -> None:
    assert ("zeng", "shan") in pinyin.ways_to_read("曾单")
    assert len(pinyin.ways_to_read("单单单单单单")) == pinyin.MOST_WAYS
    assert pinyin.ways_to_read("王x") == []
