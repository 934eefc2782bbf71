import { decideInTurn, noises, simulateRun } from '../test/judge/paired/simulated-run.ts';
import type { Noise } from '../test/judge/paired/simulated-run.ts';

// How often a paired run of up to 40 pairs fails, passes or cannot tell, by simulation: where nothing has changed, and with
// a slow-down of 3, 5 and 10 %. The spread is that of the logarithm of head / base over the pairs.
//
//     node bench/paired-error-rates.ts [simulations, 1000] [part of a noise's name]

const simulations = Number(process.argv[2] ?? 1000);
const wanted = process.argv[3] ?? '';
const changes = [0, 0.03, 0.05, 0.1];
const spreads = [0.01, 0.03, 0.05, 0.08];

console.log(`${simulations} simulated runs a cell: % fail / % pass, pairs on average`);
for (const [name, noise] of Object.entries(noises)) {
  if (!name.includes(wanted)) continue;
  for (const subjects of [1, 4]) {
    console.log(`\n${name}, ${subjects * 3} series that decide`);
    console.log(
      row(
        'spread',
        changes.map((change) => (change === 0 ? 'no change' : `+${change * 100}%`)),
      ),
    );
    for (const spread of spreads) {
      const cells = changes.map((change) => cellOf({ noise, spread, change, subjects }));
      console.log(row(`${spread * 100}%`, cells));
    }
  }
}

function cellOf(simulation: {
  readonly noise: Noise;
  readonly spread: number;
  readonly change: number;
  readonly subjects: number;
}): string {
  const found = { fail: 0, pass: 0, inconclusive: 0, 'no data': 0, unfit: 0 };
  let pairs = 0;
  for (let seed = 1; seed <= simulations; seed++) {
    const decision = decideInTurn(simulateRun({ seed, ...simulation }));
    found[decision.outcome]++;
    pairs += decision.pairs;
  }
  const percent = (count: number): string => ((100 * count) / simulations).toFixed(1);
  const unfit = found.unfit === 0 ? '' : ` (unfit ${percent(found.unfit)})`;
  return `${percent(found.fail)} / ${percent(found.pass)}, ${(pairs / simulations).toFixed(0)}${unfit}`;
}

function row(label: string, cells: readonly string[]): string {
  return label.padEnd(10) + cells.map((cell) => cell.padStart(24)).join('');
}
