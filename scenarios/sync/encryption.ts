import { createHash } from 'node:crypto';
import { createSealer } from 'perfkit/sync';
import { flagOption } from '../patterns/scenario-options.ts';
import type { ScenarioContext, ScenarioSubject } from '../patterns/scenario-context.ts';
import { createStateRecords } from './state-records.ts';

const distinct = 16;

/**
 * A payload of `valueBytes` of JSON is sealed with AES-256-GCM and opened again. Option: encrypt; without it the payload
 * is copied twice. Every 256th opened payload is compared with what was sealed, outside of the mean.
 */
export function createEncryption(
  options: Readonly<Record<string, unknown>>,
  { workload, random }: ScenarioContext,
): ScenarioSubject {
  const make = createStateRecords(random);
  const payloads = Array.from({ length: distinct }, () => {
    const parts: string[] = [];
    for (let bytes = 0; bytes < workload.valueBytes;) {
      const part = JSON.stringify(make(parts.length));
      parts.push(part);
      bytes += part.length;
    }
    return Buffer.from(parts.join('\n').slice(0, workload.valueBytes), 'latin1');
  });
  // Of the scenario's own data: a key that protects nothing.
  const key = createHash('sha256').update(payloads.join('')).digest();
  const sealer = createSealer({ keys: { bench: key }, current: 'bench', context: 'device-1' });
  const sealed = flagOption(options, 'encrypt', true)
    ? (data: Uint8Array) => sealer.open(sealer.seal(data))
    : (data: Uint8Array) => Uint8Array.from(Uint8Array.from(data));
  return {
    operations: {
      sealAndOpen(index) {
        const payload = payloads[index % distinct] ?? Buffer.alloc(0);
        const opened = sealed(payload);
        if (index % 256 === 0 && payload.compare(opened) !== 0)
          throw new Error('Expected the payload that was sealed');
        return opened;
      },
    },
  };
}
