/** The panel's looks. One sheet, adopted by its shadow root: a strict content security policy has nothing to object to. */
export const styles = `
:host {
  color-scheme: light dark;
  --page: light-dark(#f4f6f8, #11161b);
  --card: light-dark(#ffffff, #1a2128);
  --line: light-dark(#d9dfe5, #2e3943);
  --ink: light-dark(#1a2530, #e3eaf0);
  --soft: light-dark(#52606d, #9fb0bf);
  --accent: light-dark(#0a5fb4, #6fb4f5);
  --good: light-dark(#12703f, #5fd199);
  --warn: light-dark(#8a5300, #f0b957);
  --bad: light-dark(#b3261e, #ff9a92);
  --idle: light-dark(#9aa7b3, #5d6b78);
  --mono: ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace;
  display: block;
  container-type: inline-size;
}
:host([hidden]) { display: none; }
* { box-sizing: border-box; }
.panel { background: var(--page); color: var(--ink); font: 13px/1.45 system-ui, sans-serif; padding: 12px; min-height: 100%; }
header { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin: -12px -12px 0; padding: 12px; position: sticky; top: 0; z-index: 1; background: var(--page); }
h2 { font-size: 15px; margin: 0; flex: 1 0 auto; }
h3 { font-size: 12px; margin: 0 0 6px; color: var(--soft); font-weight: 600; }
button, input, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: 7px; padding: 5px 10px; min-height: 32px; }
button { cursor: pointer; }
button:hover { border-color: var(--accent); }
button[aria-pressed="true"] { background: var(--accent); border-color: var(--accent); color: var(--card); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
input[type="search"] { flex: 1 1 90px; width: 90px; min-width: 0; }
input[type="checkbox"] { min-height: 0; width: 16px; height: 16px; accent-color: var(--accent); }
.pill { display: inline-flex; align-items: center; gap: 6px; padding: 3px 10px; border-radius: 999px; border: 1px solid var(--line); background: var(--card); }
.pill::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: var(--idle); }
.pill[data-tone="good"]::before { background: var(--good); }
.pill[data-tone="warn"]::before { background: var(--warn); }
.pill[data-tone="bad"]::before { background: var(--bad); }
.grid { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); align-items: start; }
.column { display: grid; gap: 12px; align-items: start; min-width: 0; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 10px; min-width: 0; }
summary { padding: 9px 12px; cursor: pointer; font-weight: 600; border-radius: 10px; }
summary .note { color: var(--soft); font-weight: 400; margin-inline-start: 6px; }
.body { padding: 4px 12px 12px; display: grid; gap: 10px; min-width: 0; }
.machines { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
.machine { width: 100%; height: auto; max-width: 560px; display: block; }
.machine text { font: 600 12px system-ui, sans-serif; text-anchor: middle; fill: var(--soft); }
.machine rect { fill: var(--page); stroke: var(--line); stroke-width: 1.5; }
.machine .move { fill: none; stroke: var(--idle); stroke-width: 1.2; }
.machine .arrow { fill: var(--idle); }
.machine .now rect { fill: var(--accent); stroke: var(--accent); }
.machine .now text { fill: var(--card); }
.list { list-style: none; margin: 0; padding: 0; max-height: 320px; overflow: auto; scrollbar-width: thin; }
.list > li { border-top: 1px solid var(--line); padding: 5px 2px; min-width: 0; }
.list > li:first-child { border-top: 0; }
.empty { color: var(--soft); margin: 0; }
.list:empty { display: none; }
.list:not(:empty) + .empty { display: none; }
.life { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 2px 10px; align-items: center; }
.life svg { grid-column: 1 / -1; width: 100%; height: 12px; display: block; }
.track { fill: var(--line); }
.s-queued { fill: var(--idle); }
.s-sending { fill: var(--warn); }
.s-sent, .s-delivered, .s-read { fill: var(--good); }
.s-failed { fill: var(--bad); }
.s-cancelled { fill: var(--soft); }
.name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.soft { color: var(--soft); }
.mono { font-family: var(--mono); font-size: 12px; }
.good { color: var(--good); }
.warn { color: var(--warn); }
.bad { color: var(--bad); }
.row { display: grid; grid-template-columns: 62px 16px minmax(0, 1fr) auto; gap: 6px; font-family: var(--mono); font-size: 12px; }
.row > :last-child { text-align: end; color: var(--soft); }
.what { overflow-wrap: anywhere; }
.lane { display: flex; flex-wrap: wrap; gap: 4px; align-items: center; padding: 5px 2px; }
.chip { font-family: var(--mono); font-size: 11px; border: 1px solid var(--line); border-radius: 6px; padding: 1px 6px; }
.chip[data-status="sending"] { border-color: var(--warn); color: var(--warn); }
.chip[data-status="failed"] { border-color: var(--bad); color: var(--bad); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); gap: 8px; margin: 0; }
dl > div { background: var(--page); border-radius: 8px; padding: 6px 9px; min-width: 0; }
dt { color: var(--soft); font-size: 11px; }
dd { margin: 0; font-variant-numeric: tabular-nums; font-weight: 600; overflow-wrap: anywhere; }
.controls { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 8px; align-items: center; }
label { display: flex; gap: 8px; align-items: center; min-height: 32px; }
label > select { flex: 1; min-width: 0; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@container (min-width: 620px) { .machines { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
@container (min-width: 900px) { .grid { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); } .machines { grid-template-columns: minmax(0, 1fr); } }
@media (prefers-reduced-motion: no-preference) { .machine rect { transition: fill 160ms, stroke 160ms; } }
@media (forced-colors: active) { .machine .now rect { fill: Highlight; } .machine .now text { fill: HighlightText; } .s-queued, .s-sending, .s-sent, .s-delivered, .s-read, .s-failed, .s-cancelled { forced-color-adjust: none; } }
`;
