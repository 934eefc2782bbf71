import { place } from '../connections/channel.ts';
import type { Channel } from '../connections/channel.ts';
import type { StepFailure } from '../flows/exchange.ts';
import type { Step } from '../flows/flows.ts';
import type { EncodedRequest } from '../protocols/protocol.ts';
import type { LaneLevels } from './lane.ts';
import type { Recorder } from '../record/recorder.ts';

/** Give a channel an operation. */
export function assignOperation(channel: Channel, step: Step, dueNs: number, phase: number): void {
  // hot path
  channel.step = step;
  channel.dueNs = dueNs;
  channel.phase = phase;
  channel.again = null;
}

/** The channel's operation has failed for good. */
export function recordFailure(
  recorder: Recorder | null,
  channel: Channel,
  failure: StepFailure,
  { step, sent, nowNs }: { readonly step: Step; readonly sent: boolean; readonly nowNs: number },
): void {
  const times = { dueNs: channel.dueNs, sentNs: sent ? channel.sentNs : null, endNs: nowNs };
  recorder?.failed(step, failure, times, sent ? channel : null);
}

/** The run ends before the channel's operation does; `isBusy`: it was sent. */
export function cutOperation(
  recorder: Recorder | null,
  channel: Channel,
  { isBusy, nowNs, aborted }: { readonly isBusy: boolean; readonly nowNs: number; readonly aborted: boolean },
): void {
  const { step, dueNs, sentNs } = channel;
  if (step === null) return;
  channel.step = null;
  recorder?.cut(step, dueNs, isBusy ? sentNs : null, nowNs, aborted);
}

/** What a lane of these channels has now; `openConnections` where a channel is no connection. */
export function levelsOf(
  holders: Iterable<{ readonly channel: Channel }>,
  waiting: number,
  openConnections: (() => number) | null,
): LaneLevels {
  let inFlight = 0;
  let open = 0;
  for (const { channel } of holders) {
    if (channel.step !== null) inFlight++;
    if (channel.place === place.idle || channel.place === place.busy) open++;
  }
  return { inFlight, waiting, connections: openConnections?.() ?? open };
}

/**
 * Send what the channel's operation is to send: another request with which it goes on, or its step's, rendered for its
 * user where that takes one. Returns why there is none.
 */
export function sendOperation(channel: Channel, step: Step): StepFailure | null {
  // hot path
  if (channel.again !== null) {
    channel.send(channel.again);
    channel.again = null;
    return null;
  }
  if (step.exchange === null || channel.session === null) {
    channel.send(step.request);
  } else {
    const rendered = step.exchange.render(channel.session);
    if ('failure' in rendered) return rendered;
    channel.send(rendered);
  }
  // the channel has read the clock: once is enough
  channel.sentNs = channel.requestedNs;
  return null;
}

/** The operation goes on with another request, over a new connection if the server has closed this one. */
export function sendAgain(channel: Channel, request: EncodedRequest): void {
  if (channel.place === place.idle) {
    channel.send(request);
    return;
  }
  channel.again = request;
  channel.open();
}
