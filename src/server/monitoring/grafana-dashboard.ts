import { grafanaRows } from './grafana-panels.ts';
import type { PanelSpec, RowSpec } from './grafana-panels.ts';

const columns = 24;
const panelWidth = 8;
const panelHeight = 8;

/**
 * A dashboard of the server's metrics for Grafana 9 and later, as its JSON model: to be imported, or provisioned as a
 * file. Which Prometheus is asked is chosen at the top.
 */
export function grafanaDashboard(): Readonly<Record<string, unknown>> {
  return {
    uid: 'perfkit-serve',
    title: 'perfkit serve',
    tags: ['perfkit'],
    timezone: 'browser',
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '10s',
    time: { from: 'now-30m', to: 'now' },
    templating: {
      list: [
        { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', refresh: 1 },
      ],
    },
    panels: panelsOf(grafanaRows),
  };
}

/** Rows of three panels; Grafana wants an id and a place of each. */
function panelsOf(rows: readonly RowSpec[]): Readonly<Record<string, unknown>>[] {
  let y = 0;
  let id = 0;
  return rows.flatMap(({ title, panels }) => {
    const row = {
      type: 'row',
      id: ++id,
      title,
      collapsed: false,
      gridPos: { x: 0, y: y++, w: columns, h: 1 },
    };
    const perLine = columns / panelWidth;
    const placed = panels.map((panel, index) => ({
      ...panelOf(panel),
      id: ++id,
      gridPos: {
        x: (index % perLine) * panelWidth,
        y: y + Math.floor(index / perLine) * panelHeight,
        w: panelWidth,
        h: panelHeight,
      },
    }));
    y += Math.ceil(panels.length / perLine) * panelHeight;
    return [row, ...placed];
  });
}

const datasource = { type: 'prometheus', uid: '${datasource}' };

function panelOf({ title, description, unit, queries }: PanelSpec): Readonly<Record<string, unknown>> {
  return {
    type: 'timeseries',
    title,
    ...(description === undefined ? {} : { description }),
    datasource,
    fieldConfig: {
      defaults: { unit, min: 0, custom: { showPoints: 'never', fillOpacity: 10 } },
      overrides: [],
    },
    options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
    targets: queries.map(([expr, legendFormat], index) => ({
      refId: String.fromCodePoint(65 + index),
      datasource,
      expr,
      legendFormat,
    })),
  };
}
