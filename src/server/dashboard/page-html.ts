import type { TileName } from './feed-message.ts';

/** The page without figures: every box is there from the start, so nothing moves when they come. */
export function pageHtml(script: string): string {
  return `<!doctype html>
<html lang="en" data-connection="connecting">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>perfkit serve</title>
<link rel="icon" href="/dashboard/files/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/dashboard/files/uplot.css">
<link rel="stylesheet" href="/dashboard/files/page.css">
<script src="/dashboard/files/uplot.js" defer></script>
<script src="/dashboard/files/${script}" type="module"></script>
</head>
<body>
<header>
<h1><img src="/dashboard/files/icon.svg" alt="" width="28" height="28">perfkit serve <span id="host"></span></h1>
<p class="connection"><span id="status" role="status">Connecting …</span> <span id="updated"></span></p>
</header>
<main>
<noscript><p>This page needs JavaScript. The same figures are at /metrics.</p></noscript>
<section aria-labelledby="now">
<h2 id="now">Now</h2>
<div class="tiles">
${tiles.map(tileHtml).join('\n')}
</div>
<p id="announcer" class="spoken" aria-live="polite"></p>
</section>
<section aria-labelledby="alerts-title">
<h2 id="alerts-title">Alerts</h2>
<ul id="alerts" aria-live="polite" tabindex="0" aria-labelledby="alerts-title"><li class="none">No figures yet.</li></ul>
</section>
<section aria-labelledby="history">
<h2 id="history">Last 10 minutes</h2>
<div class="charts">
${charts.map(chartHtml).join('\n')}
</div>
</section>
</main>
</body>
</html>
`;
}

const tiles: readonly (readonly [name: TileName, label: string])[] = [
  ['hitRatio', 'Cache hit rate'],
  ['meanResponseMs', 'Mean response time'],
  ['activeConnections', 'Active connections'],
  ['messagesProcessed', 'Messages processed'],
  ['batchesSent', 'Batches sent'],
  ['activeBatches', 'Active batches'],
  ['cacheEntries', 'Cache size'],
];

const charts: readonly (readonly [id: string, title: string])[] = [
  ['hitRatio', 'Cache hit rate'],
  ['meanResponseMs', 'Mean response time'],
  ['throughput', 'Messages and batches per second'],
  ['activeConnections', 'Active connections'],
  ['cacheEntries', 'Cache size'],
  ['activeBatches', 'Active batches'],
];

function tileHtml([name, label]: readonly [TileName, string]): string {
  return `<article id="tile-${name}" class="tile" data-level="unknown" aria-labelledby="label-${name}">
<h3 id="label-${name}">${label}</h3>
<p id="value-${name}" class="value">–</p>
<p id="level-${name}" class="level">Waiting</p>
<p id="detail-${name}" class="detail"></p>
</article>`;
}

function chartHtml([id, title]: readonly [string, string]): string {
  return `<figure>
<figcaption>${title}</figcaption>
<div id="chart-${id}" class="chart" role="img" aria-label="${title}: no values yet"></div>
</figure>`;
}
