/** Colours are pairs that reach a contrast of 4.5 on their ground (WCAG 2.2, 1.4.3), in both schemes. */
export const pageCss = `:root {
  color-scheme: light dark;
  --ground: #f4f6f9; --card: #ffffff; --text: #16202e; --quiet: #566274; --line: #d8dee7; --grid: #e6eaf0;
  --good: #14713d; --close: #8a5a00; --beyond: #b3261e; --unrated: #566274;
  --good-ground: #e2f4e9; --close-ground: #fcf0d4; --beyond-ground: #fde7e5; --unrated-ground: #eceff4;
  --first: #2457c5; --first-fill: rgba(36, 87, 197, 0.12); --second: #8a3ffc; --focus: #2457c5;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f141b; --card: #18202b; --text: #e6ebf2; --quiet: #9aa7b8; --line: #2b3645; --grid: #253040;
    --good: #6fd79b; --close: #f0bf55; --beyond: #ff9a92; --unrated: #9aa7b8;
    --good-ground: #16352a; --close-ground: #3b2f14; --beyond-ground: #47201f; --unrated-ground: #232d3a;
    --first: #7fa8ff; --first-fill: rgba(127, 168, 255, 0.16); --second: #c79bff; --focus: #7fa8ff;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
header, main { max-width: 1280px; margin: 0 auto; padding: 0 20px; }
header { display: flex; flex-wrap: wrap; justify-content: space-between; align-items: center; gap: 4px 24px; padding-top: 18px; }
h1 { display: flex; align-items: center; gap: 10px; margin: 0; font-size: 20px; font-weight: 650; }
h1 #host { color: var(--quiet); font-weight: 400; font-size: 15px; font-variant-numeric: tabular-nums; }
h2 { margin: 24px 0 10px; font-size: 13px; font-weight: 650; letter-spacing: 0.04em; text-transform: uppercase; color: var(--quiet); }
p { margin: 0; }
.connection { min-height: 28px; display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; color: var(--quiet); font-variant-numeric: tabular-nums; }
#status { padding: 2px 10px; border-radius: 999px; background: var(--unrated-ground); color: var(--text); font-weight: 600; font-size: 14px; }
[data-connection="live"] #status { background: var(--good-ground); color: var(--good); }
[data-connection="lost"] #status, [data-connection="refused"] #status { background: var(--beyond-ground); color: var(--beyond); border-radius: 8px; }
[data-connection="lost"] main, [data-connection="refused"] main { opacity: 0.6; }
.tiles { display: grid; grid-template-columns: repeat(12, 1fr); gap: 12px; }
.tile {
  grid-column: span 3; display: grid; grid-template-columns: 1fr auto; align-content: start; gap: 4px 8px;
  min-height: 116px; padding: 14px 16px; background: var(--card); border: 1px solid var(--line);
  border-left: 4px solid var(--tone); border-radius: 10px;
  --tone: var(--unrated); --tone-ground: var(--unrated-ground);
}
.tile:nth-child(n+5) { grid-column: span 4; min-height: 98px; }
.tile[data-level="good"] { --tone: var(--good); --tone-ground: var(--good-ground); }
.tile[data-level="close"] { --tone: var(--close); --tone-ground: var(--close-ground); }
.tile[data-level="beyond"] { --tone: var(--beyond); --tone-ground: var(--beyond-ground); }
.tile h3 { grid-column: 1 / -1; margin: 0; font-size: 14px; font-weight: 600; color: var(--quiet); }
.value { grid-row: 2; font-size: 30px; line-height: 1.2; font-weight: 650; font-variant-numeric: tabular-nums; white-space: nowrap; }
.level { grid-column: 2; grid-row: 2; align-self: center; padding: 2px 9px; border-radius: 999px; background: var(--tone-ground); color: var(--tone); font-size: 12.5px; font-weight: 600; white-space: nowrap; }
.detail { grid-column: 1 / -1; grid-row: 3; font-size: 13px; color: var(--quiet); font-variant-numeric: tabular-nums; }
#alerts { height: 84px; margin: 0; padding: 10px 16px; overflow-y: auto; list-style: none; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
#alerts li { padding: 3px 0; font-variant-numeric: tabular-nums; }
#alerts .none { color: var(--quiet); }
#alerts .raised strong { color: var(--beyond); }
.charts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 12px; padding-bottom: 32px; }
figure { margin: 0; padding: 14px 12px 8px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; min-width: 0; }
figcaption { padding: 0 4px 6px; font-size: 14px; font-weight: 600; }
.chart { height: 214px; overflow: hidden; }
.uplot { font: inherit; }
.u-legend { font-size: 12px; color: var(--quiet); font-variant-numeric: tabular-nums; }
.u-legend .u-marker { height: 10px; width: 10px; }
.u-legend th { font-weight: 400; }
.u-legend.u-inline tr { margin-right: 8px; }
.u-legend.u-inline tr:first-child th { display: none; }
.u-legend .u-series > * { padding: 3px; }
.u-cursor-x, .u-cursor-y { border-color: var(--quiet) !important; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
@media (max-width: 1023px) {
  .tile, .tile:nth-child(n+5) { grid-column: span 6; }
  .tile:last-child { grid-column: span 12; }
  .charts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
}
@media (max-width: 639px) {
  header, main { padding-left: 12px; padding-right: 12px; }
  header { padding-top: 12px; }
  .tile, .tile:nth-child(n+5) { grid-column: span 12; min-height: 0; }
  .charts { grid-template-columns: minmax(0, 1fr); }
  .chart { height: 236px; }
  .value { font-size: 26px; }
  #alerts { height: 132px; }
}
@media (prefers-reduced-motion: no-preference) {
  .tile, .level { transition: border-color 0.3s, background-color 0.3s, color 0.3s; }
}
`;
