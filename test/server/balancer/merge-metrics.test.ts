import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeMetrics } from '../../../src/server/balancer/merge-metrics.ts';

test('every sample is there once for each instance, in one family, labelled with the instance', () => {
  const page = (value: number): string =>
    `# HELP a words\n# TYPE a counter\na ${value}\na{x="}"} 2\n# HELP h time\n# TYPE h histogram\nh_bucket{le="+Inf"} ${value}\nh_sum 1\nh_count ${value}\n`;
  assert.equal(
    mergeMetrics([
      { instance: '1', text: page(3) },
      { instance: '2', text: page(4) },
      { instance: '3', text: '' },
    ]),
    `# HELP a words
# TYPE a counter
a{instance="1"} 3
a{instance="1",x="}"} 2
a{instance="2"} 4
a{instance="2",x="}"} 2
# HELP h time
# TYPE h histogram
h_bucket{instance="1",le="+Inf"} 3
h_sum{instance="1"} 1
h_count{instance="1"} 3
h_bucket{instance="2",le="+Inf"} 4
h_sum{instance="2"} 1
h_count{instance="2"} 4
`,
  );
});
