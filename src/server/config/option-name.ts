/** The option of a setting: `maxBatchWaitMs` is `max-batch-wait`; values carry their own unit. */
export function optionName(setting: string): string {
  return setting.replace(/Ms$/, '').replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
