/** The report's look, light and dark as the reader's system is. */
export const style = `
:root { color-scheme: light dark; --page: #f6f7f9; --card: #fff; --ink: #16202c; --soft: #5b6878; --rule: #e3e7ec;
  --good: #12805c; --bad: #c92a2a; --c0: #2563eb; --c1: #d9780a; --c2: #c2255c; --c3: #0f8a6d; }
@media (prefers-color-scheme: dark) { :root { --page: #0f141a; --card: #18202a; --ink: #e6ebf1; --soft: #94a3b5;
  --rule: #2a3542; --good: #4cc79b; --bad: #ff8a80; --c0: #74a5ff; --c1: #f5ad51; --c2: #f783ac; --c3: #4ed0ac; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 20px 64px; max-width: 960px; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; font-variant-numeric: tabular-nums; }
h1 { margin: 0; font-size: 24px; } h2 { margin: 32px 0 8px; font-size: 17px; } p { margin: 4px 0 20px; color: var(--soft); }
.tiles { display: grid; grid-template-columns: repeat(4, 1fr); gap: 10px; margin-bottom: 10px; }
.five { grid-template-columns: repeat(5, 1fr); } @media (max-width: 600px) { .tiles { grid-template-columns: repeat(2, 1fr); } }
.tile, figure { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
.tile { padding: 10px 14px; } .tile b { display: block; font-size: 22px; } .tile span { color: var(--soft); font-size: 13px; }
.good b { color: var(--good); } .bad b { color: var(--bad); }
figure { margin: 12px 0; padding: 14px 14px 6px; } figcaption { display: flex; flex-wrap: wrap; gap: 8px; align-items: baseline; }
small { color: var(--soft); } .legend { margin-left: auto; display: flex; flex-wrap: wrap; gap: 12px; font-size: 13px; color: var(--soft); }
.legend i { display: inline-block; width: 14px; height: 3px; margin-right: 6px; vertical-align: middle; border-radius: 2px; }
i.c0 { background: var(--c0); } i.c1 { background: var(--c1); } i.c2 { background: var(--c2); } i.c3 { background: var(--c3); }
svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; fill: var(--soft); }
.grid { stroke: var(--rule); } .line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
path.c0 { stroke: var(--c0); } path.c1 { stroke: var(--c1); } path.c2 { stroke: var(--c2); } path.c3 { stroke: var(--c3); }
.mark line { stroke: var(--soft); stroke-dasharray: 3 3; } .mark text { font-weight: 700; }
pre { overflow-x: auto; font-size: 12px; } .wide { overflow-x: auto; } table { width: 100%; border-collapse: collapse; } th { color: var(--soft); font-weight: 500; }
th, td { padding: 7px 10px; border-bottom: 1px solid var(--rule); text-align: right; } th:first-child, td:first-child,
th:nth-child(2), td:nth-child(2) { text-align: left; }
`;
