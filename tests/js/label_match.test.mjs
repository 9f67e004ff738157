import assert from "node:assert/strict";
import { test } from "node:test";
import { matching, theOne } from "../../static/js/review/label_match.js";

// As the page says them.
const WORDS = [
  "xin sheng er xing ming|neonatal name",
  "xing bie|sex",
  "chu sheng shi jian|time of birth",
  "chu sheng yun zhou|gestational age",
  "chu sheng ti chong|chu sheng ti zhong|birth weight",
  "chu sheng shen chang|chu sheng shen zhang|birth length",
  "chu sheng de dian|chu sheng di dian|birth place",
  "yi liao ji gou ming chen|yi liao ji gou ming cheng|medical institution",
  "mu qin xing ming|mu qing xing ming|mothers name",
  "mu qin nian ling|mu qing nian ling|mothers age",
  "mu qin guo ji|mu qin guo jie|mu qing guo ji|mu qing guo jie|mothers nationality",
  "mu qin min zu|mu qing min zu|mothers ethnic group",
  "mu qin zhu zhi|mu qing zhu zhi|mothers address",
  "mu qin shen fen zheng jian hao ma|mu qing shen fen zheng jian hao ma|mothers id number",
  "fu qin xing ming|fu qing xing ming|fathers name",
  "fu qin nian ling|fu qing nian ling|fathers age",
  "fu qin guo ji|fu qin guo jie|fu qing guo ji|fu qing guo jie|fathers nationality",
  "fu qin min zu|fu qing min zu|fathers ethnic group",
  "fu qin zhu zhi|fu qing zhu zhi|fathers address",
  "fu qin shen fen zheng jian hao ma|fu qing shen fen zheng jian hao ma|fathers id number",
  "qian fa ji gou|issuing authority",
  "qian fa ri ji|qian fa ri qi|date issued",
  "bian hao|certificate number",
];
const FIELDS = WORDS.map((words, index) => ({
  number: index + 1,
  labels: words.split("|").map((label) => label.split(" ")),
}));

const numbers = (text) => matching(FIELDS, text).map(({ number }) => number);

test("a number means the fields whose number begins with it, the whole one first", () => {
  assert.deepEqual(numbers("2"), [2, 20, 21, 22, 23]);
  assert.deepEqual(numbers("1").slice(0, 3), [1, 10, 11]);
  assert.deepEqual(numbers("23"), [23]);
  assert.deepEqual(numbers("24"), []);
});

test("a number is gone to at once where no other begins with it", () => {
  assert.equal(theOne(FIELDS, "2"), null);
  assert.equal(theOne(FIELDS, "23")?.number, 23);
});

test("initials mean a field in pinyin and in English", () => {
  assert.equal(theOne(FIELDS, "xb")?.number, 2);
  assert.equal(theOne(FIELDS, "mqnl")?.number, 10);
  assert.equal(theOne(FIELDS, "nn")?.number, 1);
  assert.equal(theOne(FIELDS, "cn")?.number, 23);
});

test("initials that two fields share are not gone to, and further letters tell them apart", () => {
  assert.equal(theOne(FIELDS, "ma"), null);
  assert.deepEqual(numbers("ma"), [10, 13]);
  assert.deepEqual(numbers("mag"), [10]);
  assert.deepEqual(numbers("muqinz"), [13]);
});

test("whoever types a whole name is not led away before its end", () => {
  for (const { labels } of FIELDS) {
    for (const words of labels) {
      const name = words.join("");
      for (let length = 1; length < name.length; length += 1) {
        const target = theOne(FIELDS, name.slice(0, length));
        assert.equal(target, null, name.slice(0, length));
      }
    }
  }
});
