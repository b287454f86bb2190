/**
 * Of the Big List of Naughty Strings (github.com/minimaxir/big-list-of-naughty-strings, blns.json), under the MIT licence:
 * `licences.md`. Where the list writes `\x0B` for a character, here that character stands.
 */
const plain: readonly string[] = [
  "<script>alert(123)</script>",
  "&lt;script&gt;alert(&#39;123&#39;);&lt;/script&gt;",
  "<img src=x onerror=alert(123) />",
  "<svg><script>123<1>alert(123)</script>",
  '"><script>alert(123)</script>',
  "'><script>alert(123)</script>",
  "</script><script>alert(123)</script>",
  "< / script >< script >alert(123)< / script >",
  " onfocus=JaVaSCript:alert(123) autofocus ",
  '" onfocus=JaVaSCript:alert(123) autofocus ',
  "' onfocus=JaVaSCript:alert(123) autofocus ",
  "＜script＞alert(123)＜/script＞",
  "<sc<script>ript>alert(123)</sc</script>ript>",
  "--><script>alert(123)</script>",
  '";alert(123);t="',
  "';alert(123);t='",
  "JavaSCript:alert(123)",
  ";alert(123);",
  "src=JaVaSCript:prompt(132)",
  '"><script>alert(123);</script x="',
  "'><script>alert(123);</script x='",
  '" autofocus onkeyup="javascript:alert(123)',
  "' autofocus onkeyup='javascript:alert(123)",
];

/** The same string with one character after the other where filters do not expect any. */
const around = (before: string, characters: string, after: string): readonly string[] =>
  Array.from(characters, (character) => `${before}${character}${after}`);

const CONTROLS = "\u0001\u0004\u0008\t\n\u000b\u000c\r\u000f\u0013\u0018\u001c\u001f";
const SPACES = " \u00a0\u1680\u2000\u2004\u2008\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

export const naughty: readonly string[] = [
  ...plain,
  ...around("<script", " >\r\t\f/\n", 'type="text/javascript">javascript:alert(1);</script>'),
  ...around('<a href="', CONTROLS + SPACES, 'javascript:javascript:alert(1)" id="fuzzelement1">test</a>'),
  ...around('<a href="javascript', "\0:\t\r\n", ':javascript:alert(1)" id="fuzzelement1">test</a>'),
  ...around("`\"'><img src=xxx:x ", "\n\"\u000b\r/\t\f\0' ", "onerror=javascript:alert(1)>"),
  ...around("\"`'><script>", `;\n\t+-~! ${SPACES}`, "javascript:alert(1)</script>"),
  ...around('ABC<div style="x', ":\0\\\t", 'expression(javascript:alert(1)">DEF'),
  ...around("<img ", "\0\t\n/", 'src=x onerror="alert(1)">'),
];
