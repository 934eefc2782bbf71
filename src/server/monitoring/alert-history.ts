import type { Alert } from '../../components/monitor/index.ts';
import type { AlertRule } from './alert-rules.ts';
import type { RecordEvent } from './log-event.ts';

/** An alert as clients see it; times are ISO 8601. */
export interface AlertNotice {
  readonly rule: string;
  readonly state: 'raised' | 'cleared';
  readonly at: string;
  readonly value: number;
  readonly limit: number;
  /** `cache hit ratio 61.0%, threshold 70.0%` */
  readonly message: string;
}

export interface AlertHistory {
  /** An alert that was raised or cleared. */
  readonly see: (alert: Alert) => void;
  readonly raised: () => readonly AlertNotice[];
  /** What was raised and cleared, the latest first. */
  readonly recent: () => readonly AlertNotice[];
  /** How often each rule was raised, in the order of the rules. */
  readonly counts: () => ReadonlyMap<string, number>;
}

const mostRecent = 100;

/** Keeps alerts, and logs each once when it is raised and once when it is cleared. */
export function createAlertHistory(
  rules: readonly AlertRule[],
  { today, record }: { readonly today: () => number; readonly record: RecordEvent },
): AlertHistory {
  const byName = new Map(rules.map((rule) => [rule.name, rule]));
  const counts = new Map(rules.map(({ name }) => [name, 0]));
  const raised = new Map<string, AlertNotice>();
  let recent: readonly AlertNotice[] = [];
  return {
    see(alert) {
      const rule = byName.get(alert.rule);
      if (rule === undefined) return;
      const notice = noticeOf(alert, rule, today());
      recent = [notice, ...recent].slice(0, mostRecent);
      const isRaised = alert.state === 'raised';
      if (isRaised) {
        raised.set(alert.rule, notice);
        counts.set(alert.rule, (counts.get(alert.rule) ?? 0) + 1);
      } else raised.delete(alert.rule);
      record({
        level: isRaised ? 'warn' : 'info',
        event: `alert_${alert.state}`,
        message: isRaised ? notice.message : `well again: ${notice.message}`,
        fields: { rule: alert.rule, metric: alert.metric, value: alert.value, limit: alert.limit },
      });
    },
    raised: () => [...raised.values()],
    recent: () => recent,
    counts: () => counts,
  };
}

function noticeOf(
  { rule, state, value, limit }: Alert,
  { what, print }: AlertRule,
  atMs: number,
): AlertNotice {
  return {
    rule,
    state,
    at: new Date(atMs).toISOString(),
    value,
    limit,
    message: `${what} ${print(value)}, threshold ${print(limit)}`,
  };
}
