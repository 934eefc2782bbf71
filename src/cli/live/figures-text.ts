import { formatCount, formatDurationNs } from '../../model/units.ts';
import type { Figures } from '../../index.ts';

/** Numbers of a view as text; what is not known is a dash. */
export function rateText(count: number, durationNs: number): string {
  return durationNs > 0 ? `${formatCount(threeDigits((count * 1e9) / durationNs))}/s` : '-';
}

export function latencyText(ns: number | null): string {
  return ns === null ? '-' : formatDurationNs(ns);
}

export function shareText(ratio: number): string {
  const percent = ratio * 100;
  if (percent === 0) return '0%';
  return percent < 0.01 ? '<0.01%' : `${percent < 10 ? percent.toFixed(2) : percent.toFixed(0)}%`;
}

/** `45s`, `3m05s`, `2h10m`: a time to wait, rounded up. */
export function waitText(ns: number): string {
  const seconds = Math.ceil(ns / 1e9);
  if (seconds < 60) return `${seconds}s`;
  const two = (value: number): string => String(value).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${two(Math.floor((seconds % 3600) / 60))}m`;
}

export function achieved({ succeeded, failed, durationNs }: Figures): number | null {
  return durationNs > 0 ? ((succeeded + failed) * 1e9) / durationNs : null;
}

/** A rate measured over a second has no more. */
function threeDigits(value: number): number {
  return value < 1000 ? Number(value.toPrecision(3)) : Math.round(value);
}
