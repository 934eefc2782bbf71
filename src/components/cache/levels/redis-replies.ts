/** Results of a pipeline or transaction; throws the first failure. */
export function succeeded(replies: [error: Error | null, result: unknown][] | null): unknown[] {
  if (replies === null) throw new Error('Redis gave up the transaction.');
  return replies.map(([error, result]) => {
    if (error !== null) throw error;
    return result;
  });
}
