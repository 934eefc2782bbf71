/** What one instance says of itself, in Prometheus' text format. */
export interface InstanceMetrics {
  readonly instance: string;
  readonly text: string;
}

interface Family {
  readonly comments: string[];
  readonly samples: string[];
}

/** The metrics of all, each sample labelled with its instance: nothing is added up, so rates and buckets keep their meaning. */
export function mergeMetrics(pages: readonly InstanceMetrics[]): string {
  const families = new Map<string, Family>();
  for (const { instance, text } of pages) {
    let family: Family | undefined;
    for (const line of text.split('\n')) {
      const [, name] = /^# (?:HELP|TYPE) (\S+)/.exec(line) ?? [];
      if (name !== undefined) {
        family = families.get(name) ?? { comments: [], samples: [] };
        families.set(name, family);
        // Those of the other instances say the same.
        if (!family.comments.includes(line)) family.comments.push(line);
        continue;
      }
      const sample = labelled(line, instance);
      if (sample !== null) family?.samples.push(sample);
    }
  }
  return [...families.values()]
    .filter(({ samples }) => samples.length > 0)
    .map(({ comments, samples }) => [...comments, ...samples, ''].join('\n'))
    .join('');
}

/** null for a line that is no sample. */
function labelled(line: string, instance: string): string | null {
  const [, name, open, rest] = /^([A-Za-z_:][\w:]*)(\{)?(.*)$/.exec(line) ?? [];
  if (name === undefined || rest === undefined) return null;
  const label = `instance="${instance}"`;
  if (open === undefined) return `${name}{${label}}${rest}`;
  return `${name}{${label}${rest.startsWith('}') ? '' : ','}${rest}`;
}
