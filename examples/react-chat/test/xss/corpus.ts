import { bruteLogic, rsnake } from "./known.ts";
import { naughty } from "./naughty.ts";
import { payloads } from "./payloads.ts";

// Our own: every handler on an element that fires by itself or is made to, addresses, Markdown, and what writing direction
// and invisible characters can do.

/** One for each handler that comes to pass by itself, or is dispatched by the test. */
const handlers: readonly string[] = [
  ...[
    "abort",
    "animationstart",
    "auxclick",
    "beforeinput",
    "beforetoggle",
    "blur",
    "canplay",
    "change",
    "click",
    "close",
  ],
  ...[
    "contextmenu",
    "copy",
    "cut",
    "dblclick",
    "drag",
    "dragover",
    "drop",
    "error",
    "focus",
    "focusin",
    "focusout",
  ],
  ...[
    "formdata",
    "input",
    "invalid",
    "keydown",
    "keyup",
    "load",
    "loadedmetadata",
    "mousedown",
    "mouseenter",
    "mouseleave",
  ],
  ...[
    "mousemove",
    "mouseout",
    "mouseover",
    "mouseup",
    "paste",
    "play",
    "pointerdown",
    "pointerenter",
    "pointermove",
  ],
  ...[
    "pointerover",
    "pointerup",
    "reset",
    "scroll",
    "select",
    "selectstart",
    "submit",
    "toggle",
    "touchstart",
  ],
  ...["transitionend", "wheel"],
].flatMap((name, index) => {
  const tags = ["img src=x", "svg", "input autofocus", "details open", "div contenteditable tabindex=0"];
  const tag = tags[index % tags.length] ?? "";
  return [`<${tag} on${name}=alert(1)>`, `"' on${name}='alert(1)' x="`];
});

/** What must never become a link, in whatever field it comes. */
const addresses: readonly string[] = [
  ...[
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
  ],
  ...[
    "javascript\u200b:alert(1)",
    "\u0001javascript:alert(1)",
    "javascript://a.example/%0aalert(1)",
    "javascript&colon;alert(1)",
  ],
  ...[
    "&#106;avascript:alert(1)",
    "%6aavascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
  ],
  ...[
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data:image/svg+xml,<svg onload=alert(1)>",
  ],
  ...[
    "blob:https://a.example/1",
    "file:///etc/passwd",
    "view-source:javascript:alert(1)",
    "feed:javascript:alert(1)",
  ],
  ...[
    "//evil.example/x",
    "\\\\evil.example\\x",
    "https://bank.example@evil.example/",
    "https:javascript:alert(1)",
  ],
  ...[
    "jar:https://a.example!/x",
    "intent://x#Intent;end",
    "about:blank",
    "chrome://settings",
    "ws://a.example",
  ],
];

const markdown: readonly string[] = [
  ...addresses.map((address) => `[click](<${address}>)`),
  ...addresses.map((address) => `<${address}>`),
  "[https://bank.example](https://evil.example)",
  "![x](x onerror=alert(1))",
  "[x]: javascript:alert(1)\n\n[x]",
  "[x](https://a.example 'onmouseover=alert(1)')",
  '[x](https://a.example"onmouseover=alert(1)//)',
  "```<script>alert(1)</script>\n<img src=x onerror=alert(1)>\n```",
  "`<img src=x onerror=alert(1)>`",
  "> <img src=x onerror=alert(1)>",
  "- <svg onload=alert(1)>\n- **<svg onload=alert(1)>**",
  "**<b onclick=alert(1)>x</b>** ~~<i onclick=alert(1)>~~",
];

const unseen: readonly string[] = [
  "user\u202egnp.exe",
  "\u2066javascript:alert(1)\u2069",
  "<scr\u0000ipt>alert(1)</scr\u0000ipt>",
  "<\u200bscript>alert(1)</script>",
  "＜script＞alert(1)＜/script＞",
  "\ufeff<img src=x onerror=alert(1)>",
  "<img src=x onerror=\u0061lert(1)>",
  "<svg><style><!--</style><img src=x onerror=alert(1)>--></style>",
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  "<textarea></textarea><img src=x onerror=alert(1)>",
  "<template><img src=x onerror=alert(1)></template>",
  "{{constructor.constructor('alert(1)')()}}",
  "${alert(1)}",
  "<%= alert(1) %>",
  "__proto__",
  "constructor",
];

/** What others have published; by source. */
export const published: Readonly<Record<string, readonly string[]>> = {
  SecLists: [...rsnake, ...bruteLogic],
  "Big List of Naughty Strings": naughty,
  "Payloads All The Things": payloads,
};

export const corpus: readonly string[] = [
  ...new Set([...Object.values(published).flat(), ...handlers, ...addresses, ...markdown, ...unseen]),
];

/** What an id of a person may be: text without control characters. */
export const names: readonly string[] = corpus.filter((text) => /^[^\p{Cc}\p{Cs}]{1,128}$/u.test(text));
