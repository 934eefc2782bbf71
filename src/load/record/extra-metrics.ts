import type { StreamPlan } from '../../model/stream-plan.ts';

/**
 * What protocols tell about operations beside the three clocks, by the place of each in a row. A histogram is made when
 * its first value comes.
 */
export const durations = {
  time_to_first_byte: 0,
  download_time: 1,
  ws_connect_time: 2,
  ws_gap: 3,
  ws_delivery: 4,
  sse_first_event: 5,
  sse_gap: 6,
} as const;

export type DurationMetric = keyof typeof durations;

/** Things that happen, counted a second. */
export const counts = {
  ws_messages_in: 0,
  ws_messages_out: 1,
  sse_events: 2,
} as const;

export type CountMetric = keyof typeof counts;

/** Names of the three clocks' metrics: those of messages and streams are not mixed with those of requests. */
export interface ClockNames {
  readonly response: string;
  readonly service: string;
}

export const requestClocks: ClockNames = { response: 'response_time', service: 'service_time' };

export const streamClocks: Readonly<Record<StreamPlan['kind'], ClockNames>> = {
  socket: { response: 'ws_round_trip', service: 'ws_service_time' },
  events: { response: 'sse_stream_time', service: 'sse_service_time' },
};
