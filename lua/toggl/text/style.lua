-- The style sheet of the page: one column on a phone, light or dark as the system is, black on
-- white on paper. No font, image or address from elsewhere.
return [[
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --card: #ffffff; --text: #1b1f24; --soft: #57606a; --line: #d0d7de;
  --active: #2563a8; --invited: #a15c00; --inactive: #6e7781; --heat: 37, 99, 168; --on-heat: #ffffff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1216; --card: #181c22; --text: #e8eaed; --soft: #a3adb8; --line: #343b45;
    --active: #6ea8fe; --invited: #e3a343; --inactive: #8b949e; --heat: 110, 168, 254; --on-heat: #0f1216;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 3rem; max-width: 62rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; overflow-wrap: break-word; }
h2 { margin: 0 0 .75rem; font-size: 1.15rem; line-height: 1.3; }
p { margin: 0 0 .75rem; }
header p { margin: .25rem 0 0; color: var(--soft); }
section, .facts > div { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; }
section { margin-top: 1rem; padding: 1rem 1.125rem; }
.note { color: var(--soft); font-size: .9rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: .75rem; margin: 1.25rem 0 0; }
.facts > div { display: flex; flex-direction: column-reverse; justify-content: flex-end; padding: .75rem 1rem; }
.facts dt { color: var(--soft); font-size: .875rem; line-height: 1.3; }
.facts dd { margin: 0; font-size: 1.6rem; font-weight: 600; line-height: 1.25; font-variant-numeric: tabular-nums; }
.facts small { font-size: .9rem; font-weight: 400; color: var(--soft); }
table { width: 100%; border-collapse: collapse; font-size: .9375rem; }
caption { padding: 0 0 .5rem; text-align: left; color: var(--soft); font-size: .9rem; }
th, td { padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
tr > :last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--soft); font-size: .8125rem; font-weight: 600; }
tbody th { font-weight: 600; }
tbody th, small { overflow-wrap: break-word; }
thead th { overflow-wrap: normal; }
.fits { overflow-x: auto; }
#source tbody th { overflow-wrap: anywhere; }
tbody th { min-width: 6.5rem; }
.n { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; white-space: nowrap; }
td small, th small { display: block; color: var(--soft); font-size: .8125rem; font-weight: 400; }
.state { white-space: nowrap; }
.mark { display: inline-block; width: .7em; height: .7em; margin-right: .45em; border-radius: 2px; }
.active { background: var(--active); fill: var(--active); }
.invited { background: var(--invited); fill: var(--invited); }
.inactive { background: var(--inactive); fill: var(--inactive); }
.bar { display: block; width: 100%; height: 2.75rem; margin-bottom: .75rem; }
.track { fill: none; stroke: var(--line); stroke-width: 1; vector-effect: non-scaling-stroke; }
.limit { stroke: var(--text); stroke-width: 2; vector-effect: non-scaling-stroke; }
summary { padding: .25rem 0; cursor: pointer; font-weight: 600; color: var(--active); }
summary:focus-visible, .scroll:focus-visible { outline: 2px solid var(--active); outline-offset: 2px; }
.scroll { position: relative; overflow-x: auto; scrollbar-width: thin;
  background:
    linear-gradient(to right, var(--card) 30%, transparent) left / 2.5rem 100% local no-repeat,
    linear-gradient(to left, var(--card) 30%, transparent) right / 2.5rem 100% local no-repeat,
    linear-gradient(to right, rgba(0, 0, 0, .28), transparent) left / .9rem 100% scroll no-repeat,
    linear-gradient(to left, rgba(0, 0, 0, .28), transparent) right / .9rem 100% scroll no-repeat; }
.sideways { display: none; }
.picture { width: auto; min-width: 100%; border-collapse: separate; border-spacing: 3px; }
.picture th, .picture td { border: 0; padding: .2rem .5rem; }
.picture tbody small { display: inline; margin-left: .5em; white-space: nowrap; }
.picture thead th { min-width: 4.5rem; max-width: 9rem; text-align: center; vertical-align: bottom; color: var(--text);
  overflow-wrap: break-word; }
.picture tbody th, .picture thead th:first-child {
  position: sticky; left: 0; z-index: 1; min-width: 7.5rem; max-width: 14rem; padding-left: 0; text-align: left;
  background: var(--card);
}
.picture td { border-radius: 4px; text-align: center; vertical-align: middle; font-variant-numeric: tabular-nums;
  overflow-wrap: normal; background: rgba(var(--heat), .05); }
.picture td, .key span { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.picture .q0, .key .q0 { background: rgba(var(--heat), .05); color: var(--soft); }
.picture .q1, .key .q1 { background: rgba(var(--heat), .16); }
.picture .q2, .key .q2 { background: rgba(var(--heat), .28); }
.picture .q3, .key .q3 { background: rgba(var(--heat), .42); }
.picture .q4, .key .q4 { background: rgb(var(--heat)); color: var(--on-heat); }
.picture .at, .key .at { box-shadow: inset 0 0 0 2px var(--text); }
.key { display: flex; flex-wrap: wrap; gap: .35rem .9rem; margin: 0 0 .75rem; padding: 0; list-style: none; }
.key span { display: inline-block; width: 1.4em; height: 1.1em; margin-right: .4em; border-radius: 3px;
  vertical-align: -.15em; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { margin-top: 1.25rem; color: var(--soft); font-size: .875rem; }
@media (max-width: 30rem) {
  body { padding: 1rem .75rem 2rem; }
  section { padding: .875rem .875rem; }
  .facts { grid-template-columns: 1fr 1fr; gap: .5rem; }
  th, td { padding-right: .4rem; }
  thead th { font-size: .75rem; }
  tbody th { min-width: 5rem; }
  tbody th { font-size: .875rem; }
  td { font-size: .8125rem; }
  td small, th small { font-size: .6875rem; }
  .mark { margin-right: .3em; }
  .picture { border-spacing: 2px; }
  .sideways { display: block; }
  .picture th, .picture td { padding: .2rem .25rem; }
  .picture thead th { min-width: 4.25rem; }
  .picture tbody th, .picture thead th:first-child { min-width: 6.5rem; max-width: 8rem; font-size: .875rem; }
  .picture tbody small { display: block; margin: 0; }
}
@media (max-width: 22rem) {
  td { overflow-wrap: anywhere; }
}
@page { margin: 15mm; }
@media print {
  :root {
    color-scheme: light;
    --page: #ffffff; --card: #ffffff; --text: #000000; --soft: #444444; --line: #bbbbbb;
    --active: #2563a8; --invited: #a15c00; --inactive: #6e7781; --heat: 37, 99, 168; --on-heat: #ffffff;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  section { border: 0; padding: 0; margin-top: 1.25rem; border-radius: 0; }
  h2 { break-after: avoid; }
  tr, .facts > div, .bar { break-inside: avoid; }
  .bar, .state { white-space: nowrap; }
.mark { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  th, td { padding-top: .15rem; padding-bottom: .15rem; }
  tbody small { display: inline; margin-left: .5em; }
  .scroll, .fits { overflow: visible; }
  .scroll { background: none; }
  .sideways { display: none; }
  .picture tbody th, .picture thead th:first-child { position: static; }
  details::details-content { content-visibility: visible; block-size: auto; }
  summary { list-style: none; color: var(--text); }
}
]]
