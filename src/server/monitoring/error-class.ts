const byStatus: ReadonlyMap<number, string> = new Map([
  [400, 'invalid_request'],
  [401, 'not_allowed'],
  [403, 'not_allowed'],
  [404, 'not_found'],
  [405, 'wrong_method'],
  [408, 'request_timeout'],
  [411, 'no_length'],
  [413, 'too_long'],
  [415, 'encoded_body'],
  [421, 'wrong_host'],
  [431, 'too_long'],
  [499, 'client_gone'],
  [502, 'upstream_failed'],
  [503, 'overloaded'],
  [504, 'upstream_timeout'],
  [507, 'storage'],
]);

/** What kind of failure a reply with this status is: one of a fixed number of names. */
export function errorClassOf(status: number): string {
  return byStatus.get(status) ?? (status < 500 ? 'refused' : 'defect');
}
